/**
 * Events into Kafka, as the CloudEvents binding for Kafka has them (structured mode). The key is the upload's id, so that
 * its events stay in order within one partition.
 *
 * Create the producer with `kafka.producer({ idempotent: true, maxInFlightRequests: 1 })` and connect it at start.
 *
 * @see https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/kafka-protocol-binding.md
 */
import type { Producer } from 'kafkajs'
import { buildEventText, createHandlerDeliver, type Deliver, type ReceiptHandler } from 'oss-upcall'

/** ms; a first attempt has less than 4 s in all. */
const TIMEOUT_MS = 3000

export function createKafkaDeliver(
  producer: Pick<Producer, 'send'>,
  { topic, source }: { topic: string; source: string },
): Deliver {
  const send: ReceiptHandler = async (receipt, attempt) => {
    const value = buildEventText(receipt, attempt, source)
    const headers = { 'content-type': 'application/cloudevents+json' }
    const messages = [{ key: receipt.id, value, headers }]
    // All replicas in sync have it.
    await producer.send({ topic, acks: -1, timeout: TIMEOUT_MS, messages })
  }
  return createHandlerDeliver(send, { onReplaced: send, onDead: send })
}
