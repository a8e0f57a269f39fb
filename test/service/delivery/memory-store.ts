/** A store in memory on virtual time, whose writes can be made to fail. */
import { createMemoryLedger } from '../../../src/service/delivery/memory-ledger.ts'
import { OutboxError } from '../../../src/service/delivery/outbox.ts'
import type { DeliveryStore, Ledger } from '../../../src/service/delivery/store.ts'

export interface TestStore extends DeliveryStore {
  ledger: Ledger
  /** The times that `wakeAt` was given. */
  woken: number[]
  isFull: boolean
}

export function createTestStore(): TestStore {
  const ledger = createMemoryLedger()
  const woken: number[] = []
  const store: TestStore = {
    ledger,
    woken,
    isFull: false,
    durable: false,
    async commit(work) {
      if (store.isFull) throw new OutboxError('OUTBOX_FULL', 'No space left.')
      return work(ledger)
    },
    view: async (work) => work(ledger),
    wakeAt: (time) => void woken.push(time),
    problems: async () => [],
    close: async () => {},
  }
  return store
}
