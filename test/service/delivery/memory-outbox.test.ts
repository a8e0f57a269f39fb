import { createMemoryOutbox } from '../../../src/service/delivery/memory-outbox.ts'
import type { Outbox } from '../../../src/service/delivery/outbox.ts'
import { describeOutbox } from './outbox-contract.ts'

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
      for (const outbox of opened) await outbox.close()
    },
  }
})
