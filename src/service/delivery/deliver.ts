/** Delivery to a function of the application, called within the service itself. */
import { toUtf8 } from '../../protocol/bytes.ts'
import type { Receipt } from '../../signer/accept-callback.ts'
import { MAX_RESPONSE_BYTES } from './attempt.ts'
import { buildDefaultResponse } from './default-response.ts'
import {
  type Deliver,
  type DeliveryAttempt,
  DeliveryError,
  type DeliveryEventType,
} from './outbox.ts'

/**
 * The application's part: takes a receipt and returns the JSON value for the page, or its promise; with `undefined` the
 * page gets the upload's facts. What it throws means: again later. The first attempt has less than 4 s, later ones
 * have 15 s; at the limit `attempt.signal` is aborted and the attempt counts as failed, so stop then.
 *
 * It may be called again for an event that it has handled (its response may be lost): `attempt.eventId` is the
 * idempotency key.
 */
export type ReceiptHandler = (receipt: Receipt, attempt: DeliveryAttempt) => unknown

export interface HandlerDeliverOptions {
  /** The same upload id was seen with other facts. @default one line to `log` */
  onReplaced?: ReceiptHandler | undefined
  /** An earlier event was given up. @default one line to `log` */
  onDead?: ReceiptHandler | undefined
  /** Takes a sentence about an event without a handler. @default `console.warn` */
  log?: ((line: string) => void) | undefined
}

const WORDS: Readonly<Record<Exclude<DeliveryEventType, 'stored'>, string>> = {
  replaced: 'was seen again with other facts: somebody may have replaced the object',
  dead: 'was not delivered to the application and is given up until it is replayed',
}

function refuse(words: string, cause?: unknown): never {
  throw new DeliveryError('DELIVERY_RESPONSE', `The handler ${words}.`, { cause })
}

/** @throws {DeliveryError} `DELIVERY_RESPONSE` */
function toJson(value: unknown): string {
  let text: string | undefined
  try {
    text = JSON.stringify(value)
  } catch (cause) {
    return refuse('returned no JSON value (a BigInt, or a ring of objects)', cause)
  }
  if (text === undefined) return refuse('returned a function or symbol instead of a JSON value')
  if (text.length >= MAX_RESPONSE_BYTES || toUtf8(text).length >= MAX_RESPONSE_BYTES) {
    return refuse(`returned ${MAX_RESPONSE_BYTES} bytes of JSON or more; OSS passes on fewer`)
  }
  return text
}

/**
 * Makes a `Deliver` of the application's handler. Besides its own errors it throws {DeliveryError} `DELIVERY_RESPONSE`.
 */
export function createHandlerDeliver(
  onReceipt: ReceiptHandler = () => undefined,
  { onReplaced, onDead, log = (line) => console.warn(line) }: HandlerDeliverOptions = {},
): Deliver {
  const handlers = { stored: onReceipt, replaced: onReplaced, dead: onDead }

  return async (receipt, attempt) => {
    const handler = handlers[attempt.event]
    if (!handler && attempt.event !== 'stored') {
      log(`The upload ${receipt.id} ${WORDS[attempt.event]} (event ${attempt.eventId}).`)
    }
    const value = await handler?.(receipt, attempt)
    return toJson(value === undefined ? buildDefaultResponse(receipt) : value)
  }
}
