/** What is recorded of a receipt: its text, a hash of its facts, and the ids of its events. */
import { toUtf8 } from '../../protocol/bytes.ts'
import { sha256Hex } from '../../protocol/crypto.ts'
import type { Receipt } from '../../signer/accept-callback.ts'
import { type DeliveryEventType, OutboxError } from './outbox.ts'

/** Bytes of JSON. A callback's body is at most 64 KiB, too, and holds all of this. */
export const MAX_RECEIPT_BYTES = 64 * 1024

export interface DeliveryRecord {
  eventId: string
  uploadId: string
  event: DeliveryEventType
  /** Hash of bucket, key, size, type, etag and crc64. */
  facts: string
  /** The receipt as JSON: stored once, the same for every attempt. */
  receipt: string
}

/** @throws {OutboxError} `RECEIPT_TOO_LARGE` */
export function encodeReceipt(receipt: Receipt): string {
  const text = JSON.stringify(receipt)
  // A UTF-16 unit is at most three bytes of UTF-8: only long texts must be counted.
  if (text.length * 3 > MAX_RECEIPT_BYTES && toUtf8(text).length > MAX_RECEIPT_BYTES) {
    throw new OutboxError(
      'RECEIPT_TOO_LARGE',
      `The receipt's JSON is longer than ${MAX_RECEIPT_BYTES} bytes.`,
    )
  }
  return text
}

/** The reverse of `encodeReceipt`, for texts that it made. */
export function decodeReceipt(text: string): Receipt {
  const { at, ...receipt } = JSON.parse(text) as Omit<Receipt, 'at'> & { at: string }
  return { ...receipt, at: new Date(at) }
}

export function hashFacts({ bucket, key, size, type, etag, crc64 }: Receipt): string {
  return sha256Hex(JSON.stringify([bucket, key, size, type, etag, crc64]))
}

/** The record of an upload. Its event id is the upload id. */
export function recordStored(receipt: Receipt): DeliveryRecord {
  const text = encodeReceipt(receipt)
  const facts = hashFacts(receipt)
  return { eventId: receipt.id, uploadId: receipt.id, event: 'stored', facts, receipt: text }
}

/** The record of an upload that was seen with other facts than those of its first record. */
export function recordReplaced(stored: DeliveryRecord): DeliveryRecord {
  return { ...stored, eventId: `${stored.uploadId}.replaced.${stored.facts}`, event: 'replaced' }
}

/** The record of a delivery that was given up; none for a `dead` event itself. */
export function recordDead(given: DeliveryRecord): DeliveryRecord | undefined {
  if (given.event === 'dead') return undefined
  return { ...given, eventId: `${given.eventId}.dead`, event: 'dead' }
}
