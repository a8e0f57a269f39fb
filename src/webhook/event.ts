/**
 * The event that a webhook carries: CloudEvents 1.0 in structured JSON, with the receipt as its data.
 *
 * @see https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md
 */
import { fromUtf8 } from '../protocol/bytes.ts'
import type { Receipt } from '../signer/accept-callback.ts'
import { WebhookError } from './errors.ts'

/** The media type of an event. */
export const EVENT_MEDIA_TYPE = 'application/cloudevents+json'

/**
 * `stored`: an upload's receipt. `replaced`: the same upload id was seen with other facts, which are in the data; look
 * at the object before you trust it. `dead`: an earlier event of this upload was given up after three days.
 */
export type UploadEventType =
  | 'com.oss-upcall.upload.stored'
  | 'com.oss-upcall.upload.replaced'
  | 'com.oss-upcall.upload.dead'

const TYPES: ReadonlySet<string> = new Set<UploadEventType>([
  'com.oss-upcall.upload.stored',
  'com.oss-upcall.upload.replaced',
  'com.oss-upcall.upload.dead',
])

/** A receipt as JSON has it: `at` is a text such as `2026-03-01T08:00:00.123Z`. */
export type UploadReceipt = Omit<Receipt, 'at'> & { at: string }

export interface UploadEvent {
  specversion: '1.0'
  /** The same for every attempt: the idempotency key. Equals the header `webhook-id`. */
  id: string
  type: UploadEventType
  /** The public URL of the service. */
  source: string
  /** The object's key. */
  subject: string
  /** When the receipt was made; the same for every attempt. */
  time: string
  datacontenttype: 'application/json'
  /** The trace that the page began, by the extension *Distributed Tracing* of CloudEvents. */
  traceparent?: string
  data: UploadReceipt
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function refuseEvent(words: string): never {
  throw new WebhookError('WEBHOOK_BODY', `The signature is valid, but the body ${words}.`)
}

/**
 * A body whose signature has been verified as a CloudEvent of one of these types; its data is not looked at.
 *
 * @throws {WebhookError} `WEBHOOK_BODY`, `WEBHOOK_EVENT`
 */
export function parseCloudEvent(
  body: Uint8Array,
  id: string,
  types: ReadonlySet<string>,
): Record<string, unknown> & { data: Record<string, unknown> } {
  let event: unknown
  try {
    event = JSON.parse(fromUtf8(body))
  } catch {
    // The parser's message quotes the body.
    return refuseEvent('is not JSON in UTF-8')
  }
  if (!isObject(event) || event.specversion !== '1.0' || typeof event.type !== 'string') {
    return refuseEvent('is not a CloudEvent of version 1.0')
  }
  if (event.id !== id) return refuseEvent('has another id than the header webhook-id')
  if (!types.has(event.type)) {
    throw new WebhookError(
      'WEBHOOK_EVENT',
      'The event is authentic, but of a type that this receiver does not take: set the URL of the right one, or update the package.',
    )
  }
  const { data } = event
  if (!isObject(data)) return refuseEvent('has no data')
  return { ...event, data }
}

/**
 * Reads a body whose signature has been verified.
 *
 * @throws {WebhookError} `WEBHOOK_BODY`, `WEBHOOK_EVENT`
 */
export function parseEvent(body: Uint8Array, id: string): UploadEvent {
  const event = parseCloudEvent(body, id, TYPES)
  if (typeof event.data.id !== 'string') return refuseEvent('has no receipt')
  // Signed with our secret: the rest is as the service wrote it.
  return event as unknown as UploadEvent
}
