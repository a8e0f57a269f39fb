/** A function of the program that embeds the service, as a `Deliver`. */

import { toUtf8 } from '../../protocol/bytes.ts'
import type { Receipt } from '../../signer/accept-callback.ts'
import { MAX_RESPONSE_BYTES } from './attempt.ts'
import {
  type Deliver,
  type DeliveryAttempt,
  DeliveryError,
  type DeliveryEventType,
} from './outbox.ts'

/**
 * Takes a receipt in and returns the response for the page, any JSON value or its promise; with `undefined` the page gets
 * the upload's facts. When it throws, it is called again later. At the time limit (under 4 s for the first attempt,
 * 15 s for later ones) `attempt.signal` is aborted and the attempt counts as failed.
 *
 * It may be called again for what it has done, whenever the service cannot know that it had succeeded:
 * `attempt.eventId` is the idempotency key, for `onReceipt` the same as `receipt.id`.
 */
export type ReceiptHandler<Returned = unknown> = (
  receipt: Receipt,
  attempt: DeliveryAttempt,
) => Returned

/** What the page gets when the application says nothing: the facts of its own upload. */
export interface UploadFacts
  extends Pick<Receipt, 'id' | 'key' | 'name' | 'size' | 'type' | 'etag' | 'crc64' | 'profile'> {
  unverified?: Required<Pick<Receipt['unverified'], 'image'>>
}

export interface HandlerOptions {
  /** The same upload was seen with other facts than its receipt's. @default one line to `log` */
  onReplaced?: ReceiptHandler | undefined
  /** The delivery of this receipt was given up. @default one line to `log` */
  onDead?: ReceiptHandler | undefined
  /** Takes a sentence about an event that has no handler. @default `console.warn` */
  log?: ((line: string) => void) | undefined
}

const WORDS: Readonly<Record<Exclude<DeliveryEventType, 'stored'>, string>> = {
  replaced: 'was seen again with other facts: somebody may have replaced the object',
  dead: 'was not delivered to the application and is given up until it is replayed',
}

/** The response for an application that says nothing. */
export function buildDefaultResponse(receipt: Receipt): UploadFacts {
  const { id, key, name, size, type, etag, crc64, profile } = receipt
  const { image } = receipt.unverified
  return {
    ...{ id, key, name, size, type, etag, crc64, profile },
    ...(image && { unverified: { image } }),
  }
}

/**
 * @returns JSON text
 * @throws {DeliveryError} `DELIVERY_RESPONSE` for what is no JSON value, or is too long
 */
export function writeResponse(value: unknown): string {
  let text: string | undefined
  try {
    text = JSON.stringify(value)
  } catch (cause) {
    throw new DeliveryError(
      'DELIVERY_RESPONSE',
      'The handler returned a value that JSON cannot hold (a BigInt, or an object that contains itself).',
      { cause },
    )
  }
  if (text === undefined) {
    throw new DeliveryError(
      'DELIVERY_RESPONSE',
      'The handler returned a function or a symbol; return any JSON value, or nothing.',
    )
  }
  if (text.length >= MAX_RESPONSE_BYTES || toUtf8(text).length >= MAX_RESPONSE_BYTES) {
    throw new DeliveryError(
      'DELIVERY_RESPONSE',
      `The handler's response has ${MAX_RESPONSE_BYTES} bytes or more; OSS passes on fewer.`,
    )
  }
  return text
}

/**
 * Makes a `Deliver` of the application's handler. Besides the handler's own errors it throws {DeliveryError}
 * `DELIVERY_RESPONSE`.
 */
export function createHandlerDeliver(
  handler: ReceiptHandler = buildDefaultResponse,
  { onReplaced, onDead, log = (line) => console.warn(line) }: HandlerOptions = {},
): Deliver {
  const handlers = { stored: handler, replaced: onReplaced, dead: onDead }
  return async (receipt, attempt) => {
    const { event, eventId } = attempt
    const run = handlers[event]
    if (!run && event !== 'stored') {
      log(`The upload ${receipt.id} ${WORDS[event]} (event ${eventId}).`)
    }
    const value = await run?.(receipt, attempt)
    return writeResponse(value === undefined ? buildDefaultResponse(receipt) : value)
  }
}
