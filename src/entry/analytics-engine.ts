/**
 * The same numbers as data points of Workers Analytics Engine. One data set; `blob1` says what a point is about:
 *
 * | blob1 | index | blob2 … | double1 … |
 * |---|---|---|---|
 * | `request` | route | route, method, status, error | ms |
 * | `callback` | outcome | outcome | – |
 * | `delivery` | event | event, outcome | ms, number of the attempt |
 * | `outbox` | `outbox` | – | due, dead, age of the oldest due in seconds |
 * | `sweep` | `sweep` | – | accepted, aborted, failed |
 *
 * @see https://developers.cloudflare.com/analytics/analytics-engine/
 */
import type { OutboxStats } from '../service/delivery/outbox.ts'
import type { SweepReport } from '../service/delivery/sweep.ts'
import type { Observer } from '../service/observer.ts'

/** What is used of the binding. */
export interface AnalyticsEngineDataset {
  writeDataPoint(point: { indexes?: string[]; blobs?: string[]; doubles?: number[] }): void
}

export function createAnalyticsObserver(dataset: AnalyticsEngineDataset): Observer {
  return {
    request({ route, method, status, error, ms }) {
      const blobs = ['request', route, method, String(status), error ?? '']
      dataset.writeDataPoint({ indexes: [route], blobs, doubles: [ms] })
    },
    callback({ outcome }) {
      dataset.writeDataPoint({ indexes: [outcome], blobs: ['callback', outcome], doubles: [] })
    },
    delivery({ event, outcome, ms, number }) {
      const blobs = ['delivery', event, outcome]
      dataset.writeDataPoint({ indexes: [event], blobs, doubles: [ms, number] })
    },
  }
}

/** What the cron trigger learns. */
export function writeCounts(
  dataset: AnalyticsEngineDataset,
  { accepted, aborted, failed }: SweepReport,
  { due, dead, oldestDueAt }: OutboxStats,
  now: Date,
): void {
  const ageMs = oldestDueAt ? Math.max(0, now.getTime() - oldestDueAt.getTime()) : 0
  dataset.writeDataPoint({
    indexes: ['outbox'],
    blobs: ['outbox'],
    doubles: [due, dead, ageMs / 1000],
  })
  dataset.writeDataPoint({
    indexes: ['sweep'],
    blobs: ['sweep'],
    doubles: [accepted, aborted, failed],
  })
}
