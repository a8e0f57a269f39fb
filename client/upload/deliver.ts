/**
 * The last request of an upload (form, PUT or Complete) and its answer, which is the callback's answer:
 * 200 relays it; 203, or an answer lost on the way, means asking the service.
 */
import {
  parseJson,
  readError,
  toUploadError,
  UploadError,
  type UploadStage,
} from '../http/errors.ts'
import { retry } from '../http/retry.ts'
import { askService, type Run } from '../http/service-client.ts'
import type { TransportResponse } from '../http/transport.ts'
import type { UploadResult } from '../options.ts'

export interface Delivered extends Pick<UploadResult, 'response' | 'via'> {
  /** As OSS computed it, when CORS lets the page read it. */
  crc64?: string | undefined
}

/** @throws UploadError of the service when the object is not there, else CONFIRM_FAILED */
export async function confirmStored(run: Run, session: string): Promise<Delivered> {
  try {
    return { response: await askService(run, 'confirm', '/confirm', { session }), via: 'confirm' }
  } catch (thrown) {
    run.signal.throwIfAborted()
    const cause = toUploadError(thrown, 'confirm')
    if (cause.status === 404 || cause.code === 'OBJECT_MISMATCH') throw cause
    throw new UploadError('CONFIRM_FAILED', 'confirm', { cause })
  }
}

/**
 * Sends, reads the answer, and asks the service where OSS could not relay one.
 *
 * @param onStored the object is there; what is missing is the server's word
 * @throws UploadError CONFIRM_FAILED when the object is stored but unconfirmed
 */
export async function deliver(
  run: Run,
  stage: UploadStage,
  session: string,
  send: (onMoved: (sentBytes: number) => void) => Promise<TransportResponse>,
  onStored: () => void,
): Promise<Delivered> {
  const delivered = await retry(run, stage, async (onMoved): Promise<Delivered | undefined> => {
    try {
      const answer = await send(onMoved)
      const { status, text, header } = answer
      if (status === 203) return undefined
      if (status !== 200) throw readError(answer, stage)
      const relayed = parseJson(text)
      return (
        relayed && { response: relayed, via: 'callback', crc64: header('x-oss-hash-crc64ecma') }
      )
    } catch (thrown) {
      const error = toUploadError(thrown, stage)
      // No answer, or a gateway's, or "exists already", or "no such upload (any more)": it may have arrived.
      // How far the bytes came is no proof: what has left this page may still wait in a buffer.
      const isLost = /^(NETWORK|STALLED|OFFLINE|FileAlr|NoSuchUp|HTTP_50)/.test(error.code)
      const found =
        isLost &&
        (await confirmStored(run, session).catch(({ code }: UploadError) => {
          error.spent = code === 'CONFIRM_FAILED'
        }))
      if (found) return found
      throw error
    }
  })
  if (delivered) return delivered
  onStored()
  return confirmStored(run, session)
}
