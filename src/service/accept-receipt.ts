/** A verified receipt → the outbox → the JSON for the page: the application's own response, or that it will come. */
import type { Receipt } from '../signer/accept-callback.ts'
import { type DeliveryState, type Outbox, OutboxError } from './delivery/outbox.ts'
import { ServiceError } from './errors.ts'

/** For the page while the application has not responded: stored and recorded for sure, delivered later. */
export function buildAcceptedResponse(id: string): string {
  return JSON.stringify({ status: 'accepted', id })
}

/** @returns JSON text */
export function toResponseText(id: string, state: DeliveryState): string {
  return state.state === 'done' ? state.response : buildAcceptedResponse(id)
}

/**
 * @param waitMs how long the application may take while the caller waits
 * @throws {ServiceError} `OBJECT_REPLACED` when this upload was recorded with other facts, `RECEIPT_NOT_RECORDED` when the
 *   outbox cannot take it
 */
export async function recordReceipt(
  outbox: Outbox,
  receipt: Receipt,
  waitMs: number,
): Promise<DeliveryState> {
  try {
    return await outbox.accept(receipt, waitMs)
  } catch (cause) {
    if (!(cause instanceof OutboxError)) throw cause
    if (cause.code === 'RECEIPT_CONFLICT') {
      throw new ServiceError(
        'OBJECT_REPLACED',
        'The object was stored again with other bytes after its receipt; the first receipt holds, and the application is told.',
        { cause },
      )
    }
    throw new ServiceError(
      'RECEIPT_NOT_RECORDED',
      'The file is stored, but its receipt could not be recorded; confirm it again shortly.',
      { cause },
    )
  }
}

/** `recordReceipt`, as JSON text for the page. */
export async function acceptReceipt(
  outbox: Outbox,
  receipt: Receipt,
  waitMs: number,
): Promise<string> {
  return toResponseText(receipt.id, await recordReceipt(outbox, receipt, waitMs))
}
