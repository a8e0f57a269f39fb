/**
 * Metrics for Prometheus: counted by an observer, the outbox asked when somebody reads. Labels are of closed sets: no
 * sender can invent one.
 */
import type { Outbox } from '../service/delivery/outbox.ts'
import type { SweepReport } from '../service/delivery/sweep.ts'
import { ConfigError } from '../service/errors.ts'
import type { MetricsSource } from '../service/metrics.ts'
import type { Observer } from '../service/observer.ts'

export interface Prometheus extends MetricsSource {
  observer: Observer
  /** From now on the outbox is asked with each `read`. */
  watchOutbox(outbox: Pick<Outbox, 'stats'>): void
  noteSweep(report: SweepReport): void
}

/** Upper ends of the classes, seconds: a ticket takes under 1 ms, a callback up to the 4 s that it may wait. */
const REQUEST_BUCKETS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5]
/** Up to the time limit of an attempt, 15 s. */
const DELIVERY_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15]

/** @throws {ConfigError} when `prom-client` is not installed */
async function loadClient() {
  try {
    // It is CommonJS.
    return (await import('prom-client')).default
  } catch {
    throw new ConfigError([
      'The metrics need the package prom-client: run `npm install prom-client`.',
    ])
  }
}

/** @param now @default the system clock */
export async function createPrometheus(now = () => new Date()): Promise<Prometheus> {
  const { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } = await loadClient()
  const registry = new Registry()
  const registers = [registry]
  let outbox: Pick<Outbox, 'stats'> | undefined
  collectDefaultMetrics({ register: registry })

  const requests = new Histogram({
    name: 'upcall_request_seconds',
    help: 'Requests by route pattern, method and status, until the response was ready.',
    labelNames: ['route', 'method', 'status'] as const,
    buckets: REQUEST_BUCKETS,
    registers,
  })
  const callbacks = new Counter({
    name: 'upcall_callbacks_total',
    help: 'Callbacks of OSS: DELIVERED, ACCEPTED (recorded, delivered later), or the code of the error.',
    labelNames: ['outcome'] as const,
    registers,
  })
  const errors = new Counter({
    name: 'upcall_errors_total',
    help: 'Error responses by route pattern and code.',
    labelNames: ['route', 'code'] as const,
    registers,
  })
  const deliveries = new Histogram({
    name: 'upcall_delivery_seconds',
    help: 'Attempts to deliver an event to the application, by event and outcome.',
    labelNames: ['event', 'outcome'] as const,
    buckets: DELIVERY_BUCKETS,
    registers,
  })
  const swept = new Counter({
    name: 'upcall_swept_total',
    help: 'What sweeps did: receipts recorded, multipart uploads aborted, objects and uploads that failed.',
    labelNames: ['result'] as const,
    registers,
  })
  const due = new Gauge({
    name: 'upcall_outbox_due',
    help: 'Deliveries that are not done yet.',
    registers,
  })
  const dead = new Gauge({
    name: 'upcall_outbox_dead',
    help: 'Deliveries that were given up and not replayed.',
    registers,
  })
  const oldest = new Gauge({
    name: 'upcall_outbox_oldest_due_seconds',
    help: 'Age of the oldest delivery that is due; 0 when none is.',
    registers,
  })
  const readable = new Gauge({
    name: 'upcall_outbox_readable',
    help: '1 when the outbox told its counts, else 0; then the other gauges hold the last ones.',
    registers,
  })

  async function askOutbox(): Promise<void> {
    if (!outbox) return
    try {
      const stats = await outbox.stats()
      due.set(stats.due)
      dead.set(stats.dead)
      const ageMs = stats.oldestDueAt ? now().getTime() - stats.oldestDueAt.getTime() : 0
      oldest.set(Math.max(0, ageMs) / 1000)
      readable.set(1)
    } catch {
      // What is wrong with it, the log says; the other metrics are still worth reading.
      readable.set(0)
    }
  }

  return {
    contentType: registry.contentType,
    async read() {
      await askOutbox()
      return registry.metrics()
    },
    observer: {
      request({ route, method, status, ms, error }) {
        requests.observe({ route, method, status }, ms / 1000)
        if (error !== undefined) errors.inc({ route, code: error })
      },
      callback: ({ outcome }) => callbacks.inc({ outcome }),
      delivery: ({ event, outcome, ms }) => deliveries.observe({ event, outcome }, ms / 1000),
    },
    watchOutbox(watched) {
      outbox = watched
    },
    noteSweep({ accepted, aborted, failed }) {
      swept.inc({ result: 'accepted' }, accepted)
      swept.inc({ result: 'aborted' }, aborted)
      swept.inc({ result: 'failed' }, failed)
    },
  }
}
