/**
 * The last request of an upload (form, PUT or Complete). Its response is the callback's response: 200 relays it;
 * after a 203, or a response lost on the way, the service is asked.
 */
import type { Ticket } from '../../src/signer/ticket.ts'
import { toUploadError, UploadError } from '../http/errors.ts'
import { parseJson, readError } from '../http/response.ts'
import { retry } from '../http/retry.ts'
import type { Run } from '../http/run.ts'
import { askService } from '../http/service-client.ts'
import type { TransportResponse, UploadResult, UploadStage } from '../options.ts'

/** Which upload to ask the service about. */
export type UploadIdentity = Pick<Ticket, 'id' | 'session'>

export interface Delivered extends Pick<UploadResult, 'response' | 'delivery' | 'via'> {
  /** As OSS computed it, when CORS lets the page read it. */
  crc64?: string | undefined
}

/** OSS stored the object, but the callback failed. */
const CALLBACK_FAILED_STATUS = 203

/**
 * After these the request may have arrived nevertheless: no response, a gateway's response, "exists already", or "no
 * such upload (any more)". The number of bytes sent proves nothing: they may wait in a buffer of this device.
 */
const UNCERTAIN_CODES: ReadonlySet<string> = new Set([
  'NETWORK',
  'OFFLINE',
  'STALLED',
  'FileAlreadyExists',
  'NoSuchUpload',
  'HTTP_500',
  'HTTP_502',
  'HTTP_503',
  'HTTP_504',
])

/** The service looked and the object is not there, or is not the one of this upload. */
function isNotStored({ status, code }: UploadError): boolean {
  return status === 404 || code === 'OBJECT_MISMATCH'
}

/** The service's own `accepted` is told from an application's response by its exact shape. */
function toDelivered(id: string, response: unknown, via: Delivered['via']): Delivered {
  const isAccepted = JSON.stringify(response) === JSON.stringify({ status: 'accepted', id })
  return isAccepted
    ? { response: undefined, delivery: 'accepted', via }
    : { response, delivery: 'done', via }
}

/**
 * Asks the service for the application's response.
 *
 * @param fault why OSS did not relay the response; its reason becomes the error's
 * @throws UploadError of the service when the object is not there, else CONFIRM_FAILED
 */
export async function confirmStored(
  run: Run,
  { id, session }: UploadIdentity,
  fault?: UploadError,
): Promise<Delivered> {
  try {
    const response = await askService(run, 'confirm', '/confirm', { session })
    return toDelivered(id, response, 'confirm')
  } catch (thrown) {
    run.signal.throwIfAborted()
    const cause = toUploadError(thrown, 'confirm')
    if (isNotStored(cause)) throw cause
    const { ec, requestId, message } = fault ?? cause
    const { retryable } = cause
    throw new UploadError('CONFIRM_FAILED', 'confirm', { cause, ec, requestId, retryable }, message)
  }
}

/** @returns the error when the object is stored, but OSS relayed no response. @throws UploadError */
function readDelivered(
  response: TransportResponse,
  stage: UploadStage,
  id: string,
): Delivered | UploadError {
  const { status, text, header } = response
  if (status === CALLBACK_FAILED_STATUS) return readError(response, stage)
  if (status !== 200) throw readError(response, stage)
  const relayed = parseJson(text)
  if (relayed === undefined) return new UploadError('BAD_RESPONSE', stage, { status })
  return { ...toDelivered(id, relayed, 'callback'), crc64: header('x-oss-hash-crc64ecma') }
}

/**
 * Sends, reads the response, and asks the service where OSS could not relay one.
 *
 * @param onStored the object is stored; only the application's response is missing
 * @throws UploadError CONFIRM_FAILED when the object is stored but unconfirmed
 */
export async function deliver(
  run: Run,
  stage: UploadStage,
  identity: UploadIdentity,
  send: (onMoved: (sentBytes: number) => void) => Promise<TransportResponse>,
  onStored: () => void,
): Promise<Delivered> {
  const delivered = await retry(run, stage, async (onMoved) => {
    try {
      return readDelivered(await send(onMoved), stage, identity.id)
    } catch (thrown) {
      const error = toUploadError(thrown, stage)
      if (!UNCERTAIN_CODES.has(error.code)) throw error
      try {
        return await confirmStored(run, identity)
      } catch (refusal) {
        // The service cannot be asked either, after all its attempts: another round would not help.
        error.spent = toUploadError(refusal, 'confirm').code === 'CONFIRM_FAILED'
        throw error
      }
    }
  })
  if (delivered instanceof UploadError) {
    const { code } = delivered
    run.options.onRetry?.({ stage: 'confirm', code, error: delivered, attempt: 1, delayMs: 0 })
    onStored()
    return confirmStored(run, identity, delivered)
  }
  if (delivered.delivery === 'accepted') onStored()
  return delivered
}
