/** An empty queue on a real Redis or PostgreSQL, as the contract suite of the outbox wants it. */
import { type BullmqOutboxOptions, createBullmqOutbox } from '../../src/entry/outbox-bullmq.ts'
import type { Outbox, OutboxOptions } from '../../src/service/delivery/outbox.ts'
import type { OutboxEngine } from '../service/delivery/outbox-contract.ts'

let queues = 0

/** A name that no other queue of this run has. */
export function nameQueue(): string {
  queues += 1
  return `test-${process.pid}-${queues}`
}

export function createBullmqEngine(
  connection: BullmqOutboxOptions['connection'],
  changes: Partial<BullmqOutboxOptions> = {},
): OutboxEngine {
  const name = nameQueue()
  const opened: Outbox[] = []
  return {
    instances: 'many',
    async open({ now: _, ...options }: OutboxOptions) {
      const outbox = await createBullmqOutbox({
        ...options,
        connection,
        name,
        storeMs: 10_000,
        ...changes,
      })
      opened.push(outbox)
      return outbox
    },
    async dispose() {
      await Promise.all(opened.map((outbox) => outbox.close()))
    },
  }
}
