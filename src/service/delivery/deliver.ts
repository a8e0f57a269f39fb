/** A function of the program that embeds the service, as a `Deliver`. */
import type { Receipt } from '../../signer/accept-callback.ts'
import { MAX_RESPONSE_BYTES } from './attempt.ts'
import { type Deliver, type DeliveryAttempt, DeliveryError } from './outbox.ts'

/**
 * Takes a receipt in and returns what the page shall get, as any JSON value. It may be called again with the same
 * `receipt.id`: whenever the service cannot know that it had succeeded.
 */
export type ReceiptHandler = (receipt: Receipt, attempt: DeliveryAttempt) => unknown

export interface HandlerOptions {
  /** The same upload was seen with other facts than its receipt's. @default nothing happens */
  onReplaced?: ReceiptHandler | undefined
  /** The delivery of this receipt was given up. @default nothing happens */
  onDead?: ReceiptHandler | undefined
}

/** What the page gets when the application says nothing: the facts of its own upload. */
export function buildDefaultResponse(receipt: Receipt): object {
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
  if (text.length >= MAX_RESPONSE_BYTES) {
    throw new DeliveryError(
      'DELIVERY_RESPONSE',
      `The handler's response has ${MAX_RESPONSE_BYTES} bytes or more; OSS passes on fewer.`,
    )
  }
  return text
}

/** @param handler returns nothing: the page gets the default response */
export function createHandlerDeliver(
  handler: ReceiptHandler = buildDefaultResponse,
  { onReplaced, onDead }: HandlerOptions = {},
): Deliver {
  const handlers = { stored: handler, replaced: onReplaced, dead: onDead }
  return async (receipt, attempt) => {
    const value = await handlers[attempt.event]?.(receipt, attempt)
    return writeResponse(value === undefined ? buildDefaultResponse(receipt) : value)
  }
}
