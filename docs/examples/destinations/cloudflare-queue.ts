/**
 * Events into a Cloudflare Queue. In `wrangler.toml`:
 *
 *     [[queues.producers]]
 *     queue = "uploads"
 *     binding = "UPLOADS"
 *
 * and in the Worker `createQueueDeliver(env.UPLOADS, { source })`, with `env` of `cloudflare:workers`.
 */
import { buildEventText, createHandlerDeliver, type Deliver, type ReceiptHandler } from 'oss-upcall'

/** What is used of the binding. */
export interface Queue {
  send(message: string, options: { contentType: 'text' }): Promise<unknown>
}

export function createQueueDeliver(queue: Queue, { source }: { source: string }): Deliver {
  const send: ReceiptHandler = async (receipt, attempt) => {
    // As text: the very bytes of every attempt. A message has at most 128 KB.
    await queue.send(buildEventText(receipt, attempt, source), { contentType: 'text' })
  }
  return createHandlerDeliver(send, { onReplaced: send, onDead: send })
}
