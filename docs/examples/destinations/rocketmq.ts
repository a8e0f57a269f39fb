/**
 * Events into RocketMQ 5 (ApsaraMQ for RocketMQ, or your own), with the package `rocketmq-client-nodejs`. The event's id
 * is the message's key, by which the console finds it; the tag is the kind of event.
 */
import { buildEventText, createHandlerDeliver, type Deliver, type ReceiptHandler } from 'oss-upcall'

/** What is used of the package's `Producer`; call its `startup()` before. */
export interface RocketProducer {
  send(message: {
    topic: string
    tag: string
    keys: string[]
    body: Buffer
  }): Promise<{ messageId: string }>
}

export function createRocketDeliver(
  producer: RocketProducer,
  { topic, source }: { topic: string; source: string },
): Deliver {
  const send: ReceiptHandler = async (receipt, attempt) => {
    const body = Buffer.from(buildEventText(receipt, attempt, source))
    await producer.send({ topic, tag: attempt.event, keys: [attempt.eventId], body })
  }
  return createHandlerDeliver(send, { onReplaced: send, onDead: send })
}
