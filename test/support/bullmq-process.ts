/**
 * A process of its own with an outbox on BullMQ: forked by tests, which tell it what to accept and how its application
 * responds. Messages: `Order` in, `Note` out.
 */
import { createBullmqOutbox } from '../../src/entry/outbox-bullmq.ts'
import type { Receipt } from '../../src/signer/accept-callback.ts'

export interface Setup {
  connection: { redis: string } | { postgres: string }
  name: string
  lockMs: number
  /** @default that of the outbox */
  storeMs?: number
  /** How long the application takes, ms; -1: for ever. */
  applicationMs: number
  /** A receipt with this key ends the process, as a receipt does that makes it run out of memory. */
  deadlyKey?: string
}

export type Order = { order: 'accept'; receipt: Receipt; waitMs: number } | { order: 'close' }

export type Note =
  | { note: 'ready' }
  | { note: 'called'; eventId: string; number: number }
  | { note: 'accepted'; id: string; state: string; response?: string }
  | { note: 'refused'; id: string; error: string }

const send = (note: Note): void => void process.send?.(note)

const setup = JSON.parse(process.argv[2] ?? '{}') as Setup
const outbox = await createBullmqOutbox({
  connection: setup.connection,
  name: setup.name,
  lockMs: setup.lockMs,
  ...(setup.storeMs && { storeMs: setup.storeMs }),
  attemptMs: setup.lockMs / 2,
  retry: { baseMs: 20, capMs: 200, giveUpAfterMs: 60_000 },
  deliver: async (receipt, { eventId, number }) => {
    send({ note: 'called', eventId, number })
    if (receipt.key === setup.deadlyKey) {
      // The note must leave first.
      await new Promise((resolve) => setTimeout(resolve, 20))
      process.kill(process.pid, 'SIGKILL')
    }
    if (setup.applicationMs < 0) await new Promise(() => {})
    await new Promise((resolve) => setTimeout(resolve, setup.applicationMs))
    return JSON.stringify({ by: process.pid })
  },
})

process.on('message', async (order: Order) => {
  if (order.order === 'close') {
    await outbox.close()
    process.disconnect()
    return
  }
  const receipt = { ...order.receipt, at: new Date(order.receipt.at) }
  const { id } = receipt
  try {
    const state = await outbox.accept(receipt, order.waitMs)
    const response = state.state === 'done' ? { response: state.response } : {}
    send({ note: 'accepted', id, state: state.state, ...response })
  } catch (error) {
    send({ note: 'refused', id, error: String(error) })
  }
})

send({ note: 'ready' })
