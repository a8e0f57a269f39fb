/**
 * The last request of an upload (form, PUT or Complete). Its response is the callback's response: 200 relays it;
 * after a 203, or a response lost on the way, the service is asked.
 */
import { toUploadError, UploadError } from '../http/errors.ts'
import { parseJson, readError } from '../http/response.ts'
import { retry } from '../http/retry.ts'
import type { Run } from '../http/run.ts'
import { askService } from '../http/service-client.ts'
import type { TransportResponse, UploadResult, UploadStage } from '../options.ts'

export interface Delivered extends Pick<UploadResult, 'response' | 'via'> {
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

/** @throws UploadError of the service when the object is not there, else CONFIRM_FAILED */
export async function confirmStored(run: Run, session: string): Promise<Delivered> {
  try {
    return { response: await askService(run, 'confirm', '/confirm', { session }), via: 'confirm' }
  } catch (thrown) {
    run.signal.throwIfAborted()
    const cause = toUploadError(thrown, 'confirm')
    if (isNotStored(cause)) throw cause
    throw new UploadError('CONFIRM_FAILED', 'confirm', { cause })
  }
}

/** @returns undefined when the object is stored, but the response has to be asked for. @throws UploadError */
function readDelivered(response: TransportResponse, stage: UploadStage): Delivered | undefined {
  const { status, text, header } = response
  if (status === CALLBACK_FAILED_STATUS) return undefined
  if (status !== 200) throw readError(response, stage)
  const relayed = parseJson(text)
  return relayed && { response: relayed, via: 'callback', crc64: header('x-oss-hash-crc64ecma') }
}

/**
 * Sends, reads the response, and asks the service where OSS could not relay one.
 *
 * @param onStored the object is stored; only the server's response is missing
 * @throws UploadError CONFIRM_FAILED when the object is stored but unconfirmed
 */
export async function deliver(
  run: Run,
  stage: UploadStage,
  session: string,
  send: (onMoved: (sentBytes: number) => void) => Promise<TransportResponse>,
  onStored: () => void,
): Promise<Delivered> {
  const delivered = await retry(run, stage, async (onMoved) => {
    try {
      return readDelivered(await send(onMoved), stage)
    } catch (thrown) {
      const error = toUploadError(thrown, stage)
      if (!UNCERTAIN_CODES.has(error.code)) throw error
      try {
        return await confirmStored(run, session)
      } catch (refusal) {
        // The service cannot be asked either, after all its attempts: another round would not help.
        error.spent = toUploadError(refusal, 'confirm').code === 'CONFIRM_FAILED'
        throw error
      }
    }
  })
  if (delivered) return delivered
  onStored()
  return confirmStored(run, session)
}
