import { describe, expect, it } from 'vitest'
import {
  type AnalyticsEngineDataset,
  createAnalyticsObserver,
  writeCounts,
} from '../../src/entry/analytics-engine.ts'
import type { FormTicket } from '../../src/signer/ticket.ts'
import { START } from '../support/clock.ts'
import { buildForm, createServiceWithEmulator } from '../support/service-with-emulator.ts'

type Point = Parameters<AnalyticsEngineDataset['writeDataPoint']>[0]

const TEXT = new TextEncoder().encode('hello')

/** Keeps what Cloudflare would take: one index of 96 bytes, 20 blobs, 20 doubles. */
function createDataset(): AnalyticsEngineDataset & { points: Point[] } {
  const points: Point[] = []
  return {
    points,
    writeDataPoint(point) {
      const { indexes = [], blobs = [], doubles = [] } = point
      if (indexes.length !== 1 || blobs.length > 20 || doubles.length > 20) {
        throw new Error('A data point has one index, 20 blobs and 20 doubles at most.')
      }
      if (new TextEncoder().encode(indexes[0]).length > 96)
        throw new Error('The index is too long.')
      points.push(point)
    },
  }
}

describe('data points of Analytics Engine', () => {
  it('tell of requests, callbacks and deliveries, without anything of users', async () => {
    const dataset = createDataset()
    const setup = createServiceWithEmulator({ observer: createAnalyticsObserver(dataset) })
    const order = { profile: 'any', name: '世界.txt', type: 'text/plain', size: TEXT.length }
    const ticket = await setup.order<FormTicket>(order)
    await setup.oss.fetch(buildForm(ticket, TEXT))
    await setup.ask('/none', {})
    expect(dataset.points.map(({ blobs }) => blobs)).toEqual([
      ['request', '/uploads', 'POST', '201', ''],
      ['delivery', 'stored', 'DELIVERED'],
      ['callback', 'DELIVERED'],
      ['request', '/callbacks/oss', 'POST', '200', ''],
      ['request', 'unmatched', 'POST', '404', 'NOT_FOUND'],
    ])
    expect(setup.lines.filter((line) => line.includes('OBSERVER_FAILED'))).toEqual([])
    for (const text of ['user-42', ticket.key, ticket.id, '世界']) {
      expect(JSON.stringify(dataset.points)).not.toContain(text)
    }
  })

  it('tell what the cron trigger found', () => {
    const dataset = createDataset()
    const report = { listed: 9, accepted: 2, failed: 1, aborted: 3, problems: [], isPartial: false }
    const oldestDueAt = new Date(START.getTime() - 90_000)
    writeCounts(dataset, report, { due: 5, dead: 4, oldestDueAt }, START)
    writeCounts(dataset, report, { due: 0, dead: 0 }, START)
    expect(dataset.points).toMatchObject([
      { blobs: ['outbox'], doubles: [5, 4, 90] },
      { blobs: ['sweep'], doubles: [2, 3, 1] },
      { blobs: ['outbox'], doubles: [0, 0, 0] },
      { blobs: ['sweep'] },
    ])
  })
})
