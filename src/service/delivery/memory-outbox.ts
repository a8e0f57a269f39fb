/**
 * The outbox in memory: the same records, worker and retries as every engine, but a restart loses everything. For
 * tests, and for a service embedded in a program that was given no store.
 */
import { systemTimers, type Timers } from './attempt.ts'
import type { DeliveryReport } from './delivery-worker.ts'
import { createLedgerOutbox } from './ledger-outbox.ts'
import { createMemoryLedger, type MemoryLimits } from './memory-ledger.ts'
import type { Outbox, OutboxOptions } from './outbox.ts'
import { createRunTimer } from './run-timer.ts'

export interface MemoryOutboxOptions extends OutboxOptions {
  limits?: MemoryLimits
  timers?: Timers
  report?: (report: DeliveryReport) => void
}

/** @returns an outbox with `durable: false` */
export function createMemoryOutbox(options: MemoryOutboxOptions): Outbox {
  const { now = () => new Date(), timers = systemTimers, limits = {} } = options
  const ledger = createMemoryLedger(limits)
  const outbox = createLedgerOutbox({
    ...options,
    timers,
    store: {
      durable: false,
      commit: async (work) => work(ledger),
      view: async (work) => work(ledger),
      wakeAt: (time) => timer.wakeAt(time),
      problems: async () => ['The outbox is in memory: a restart loses what is not delivered.'],
      close: async () => timer.stop(),
    },
  })
  const timer = createRunTimer({ run: outbox.run, now: () => now().getTime(), timers })
  return outbox
}
