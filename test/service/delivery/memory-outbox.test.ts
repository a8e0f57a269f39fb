import { expect, it } from 'vitest'
import { createMemoryOutbox } from '../../../src/service/delivery/memory-outbox.ts'
import type { Outbox } from '../../../src/service/delivery/outbox.ts'
import { buildReceipt, createApplication, describeOutbox } from './outbox-contract.ts'

describeOutbox('memory', async () => {
  const opened: Outbox[] = []
  return {
    instances: 'one',
    async open(options) {
      const outbox = createMemoryOutbox(options)
      opened.push(outbox)
      return outbox
    },
    async dispose() {
      await Promise.all(opened.map((outbox) => outbox.close()))
    },
  }
})

it('the outbox in memory says that it is not durable', async () => {
  const outbox = createMemoryOutbox({ deliver: createApplication().deliver })
  expect(outbox.durable).toBe(false)
  expect((await outbox.problems()).join()).toMatch(/a restart loses/)
  await outbox.close()
})

it('the outbox in memory refuses receipts when too many wait', async () => {
  const outbox = createMemoryOutbox({
    deliver: async () => {
      throw new Error('down')
    },
    limits: { maxPending: 2 },
  })
  await outbox.accept(buildReceipt('up-1'), 0)
  await outbox.accept(buildReceipt('up-2'), 0)
  await expect(outbox.accept(buildReceipt('up-3'), 0)).rejects.toMatchObject({
    code: 'OUTBOX_FULL',
  })
  await outbox.close()
})
