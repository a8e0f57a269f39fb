/**
 * The outbox in memory: for tests, and for the library without a store. A restart loses everything, and each process or
 * isolate has its own.
 */
import { createLedgerOutbox, type LedgerOutbox } from './ledger-outbox.ts'
import { createMemoryLedger, type MemoryLimits } from './memory-ledger.ts'
import type { OutboxOptions } from './outbox.ts'
import { createRunTimer } from './run-timer.ts'
import type { DeliveryStore } from './store.ts'
import { backgroundTimers, type Timers } from './timers.ts'

export interface MemoryOutboxOptions extends OutboxOptions, MemoryLimits {
  timers?: Timers
}

export function createMemoryOutbox(options: MemoryOutboxOptions): LedgerOutbox {
  const { now = () => new Date(), timers } = options
  const ledger = createMemoryLedger(options)
  const runTimer = createRunTimer({
    run: (runOptions) => outbox.run(runOptions),
    now: () => now().getTime(),
    timers: timers ?? backgroundTimers,
  })
  const store: DeliveryStore = {
    durable: false,
    commit: async (work) => work(ledger),
    view: async (work) => work(ledger),
    wakeAt: runTimer.wakeAt,
    problems: async () => [
      'Receipts are recorded in memory only: a restart loses what is not delivered yet, and which uploads were delivered.',
    ],
    close: async () => runTimer.stop(),
  }
  const outbox = createLedgerOutbox({ ...options, store })
  return outbox
}
