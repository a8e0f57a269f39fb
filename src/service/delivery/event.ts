/**
 * The text of an event: CloudEvents 1.0 in structured JSON. Made of the recorded receipt alone, so that every attempt
 * sends the same bytes.
 *
 * @see https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md
 */
import type { Receipt } from '../../signer/accept-callback.ts'
import type { UploadEventType } from '../../webhook/event.ts'
import type { DeliveryAttempt, DeliveryEventType } from './outbox.ts'

const TYPES: Readonly<Record<DeliveryEventType, UploadEventType>> = {
  stored: 'com.oss-upcall.upload.stored',
  replaced: 'com.oss-upcall.upload.replaced',
  dead: 'com.oss-upcall.upload.dead',
}

/**
 * One line of JSON in UTF-8, under 128 KiB.
 *
 * @param source the public URL of the service
 */
export function buildEventText(
  receipt: Receipt,
  { eventId, event }: Pick<DeliveryAttempt, 'eventId' | 'event'>,
  source: string,
): string {
  // `at` at the end, where a receipt that was stored and read back has it: the bytes must not depend on the order.
  const { at, ...facts } = receipt
  return JSON.stringify({
    specversion: '1.0',
    id: eventId,
    type: TYPES[event],
    source,
    subject: receipt.key,
    time: at.toISOString(),
    datacontenttype: 'application/json',
    // https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/extensions/distributed-tracing.md
    ...(receipt.unverified.traceparent && { traceparent: receipt.unverified.traceparent }),
    data: { ...facts, at },
  })
}
