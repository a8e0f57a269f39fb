/**
 * The last request of an upload (form, PUT or Complete). Its response is the callback's response: 200 relays it;
 * after a 203, or a response lost on the way, the service is asked.
 */
import type { ConfirmRequest, Ticket } from '../../src/signer/ticket.ts'
import { toUploadError, UploadError } from '../http/errors.ts'
import { parseJson, readError } from '../http/response.ts'
import { retry } from '../http/retry.ts'
import type { ServiceRun } from '../http/run.ts'
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

/** The response is hidden, or the object exists, or the upload is over: perhaps by this very request. */
const MAY_HAVE_ARRIVED_CODES: readonly string[] = ['CORS', 'FileAlreadyExists', 'NoSuchUpload']

/**
 * The request may have arrived nevertheless: no response, or that of a gateway. The number of bytes sent proves
 * nothing: they may wait in a buffer of this device.
 */
function mayHaveArrived({ code, status = 500, retryable }: UploadError): boolean {
  return (retryable && status >= 500) || MAY_HAVE_ARRIVED_CODES.includes(code)
}

/** The service's own `accepted` is told from an application's response by its exact shape. */
function toDelivered(id: string, response: unknown, via: Delivered['via']): Delivered {
  const isAccepted = JSON.stringify(response) === JSON.stringify({ status: 'accepted', id })
  return {
    response: isAccepted ? undefined : response,
    delivery: isAccepted ? 'accepted' : 'done',
    via,
  }
}

/**
 * Asks the service for the application's response.
 *
 * @param fault why OSS did not relay the response; its reason becomes the error's
 * @param reason of OSS for its 203; the service warns its operator
 * @throws UploadError of the service when the object is not there, else CONFIRM_FAILED
 */
export async function confirmStored(
  run: ServiceRun,
  { id, session }: UploadIdentity,
  fault?: UploadError,
  reason?: ConfirmRequest['reason'],
): Promise<Delivered> {
  const request = askService(run, 'confirm', '/confirm', { session, reason })
  const response = await request.catch((cause: UploadError) => {
    const { status, code, retryable } = cause
    // The service looked, and the object is not there or is not the one of this upload. What has responded instead of
    // OSS then says more.
    if (status === 404) throw fault ?? cause
    if (run.signal.aborted || code === 'OBJECT_MISMATCH') throw cause
    const { ec, requestId, message } = fault ?? cause
    throw new UploadError('CONFIRM_FAILED', 'confirm', { cause, ec, requestId, retryable }, message)
  })
  return toDelivered(id, response, 'confirm')
}

/** @returns the error when the object is stored, but OSS relayed no response. @throws UploadError */
function readDelivered(
  response: TransportResponse,
  stage: UploadStage,
  id: string,
): Delivered | UploadError {
  const { status, text, header } = response
  const relayed = status === 200 ? parseJson(text) : undefined
  if (relayed !== undefined) {
    return { ...toDelivered(id, relayed, 'callback'), crc64: header('x-oss-hash-crc64ecma') }
  }
  const error = readError(response, stage)
  if (status !== 200 && status !== CALLBACK_FAILED_STATUS) throw error
  return error
}

/**
 * Sends, reads the response, and asks the service where OSS could not relay one.
 *
 * @param onStored the object is stored; only the application's response is missing
 * @throws UploadError CONFIRM_FAILED when the object is stored but unconfirmed
 */
export async function deliver(
  run: ServiceRun,
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
      if (!mayHaveArrived(error)) throw error
      return confirmStored(run, identity).catch((refusal: UploadError) => {
        // The service cannot be asked either, after all its attempts: another round would not help.
        error.spent = refusal.code === 'CONFIRM_FAILED'
        throw error
      })
    }
  })
  if (delivered instanceof UploadError) {
    const { code, ec, requestId, status } = delivered
    run.options.onRetry?.({ stage: 'confirm', code, error: delivered, attempt: 1, delayMs: 0 })
    onStored()
    const reason = status === CALLBACK_FAILED_STATUS ? { code, ec, requestId } : undefined
    return confirmStored(run, identity, delivered, reason)
  }
  if (delivered.delivery === 'accepted') onStored()
  return delivered
}
