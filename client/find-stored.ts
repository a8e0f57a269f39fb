/** oss-upcall/client/find-stored: whether the user has stored the same bytes before. A separate entry: few pages need it. */
import type { StoredUploadResponse } from '../src/signer/ticket.ts'
import { toUploadError } from './http/errors.ts'
import { createRun } from './http/run.ts'
import { askService } from './http/service-client.ts'
import { sendByXhr } from './http/transport.ts'
import type { UploadOptions, UploadResult } from './options.ts'
import { loadChecksum } from './upload/load-checksum.ts'

export type FindStoredOptions = Pick<
  UploadOptions,
  'endpoint' | 'profile' | 'headers' | 'signal' | 'transport' | 'retryDelays' | 'stallTimeoutMs'
>

/**
 * Reads the whole file for its CRC-64 and asks the service. Where it cannot be found out (the service has no `findStored`, cannot be
 * reached, refuses), the answer is no: `upload()` says what is wrong.
 *
 * @returns the result of the earlier upload, or undefined: upload it
 * @throws UploadError ABORTED
 */
export async function findStored(
  file: Blob,
  options: FindStoredOptions,
): Promise<UploadResult | undefined> {
  const { profile, signal, transport = sendByXhr } = options
  const run = createRun(file, { retryDelays: [], ...options }, transport)
  const stop = () => run.stop(signal?.reason)
  const stopped = new Promise<never>((_, reject) => {
    run.signal.addEventListener('abort', () => reject(run.signal.reason))
  })
  // Only a race sees it.
  stopped.catch(() => {})
  signal?.addEventListener('abort', stop)
  if (signal?.aborted) stop()
  try {
    run.signal.throwIfAborted()
    const { size } = file
    const crc64 = await Promise.race([computeCrc64(file), stopped])
    if (crc64 === undefined) return undefined
    const request = { profile, size, crc64 }
    const { stored } = await askService<StoredUploadResponse>(run, 'sign', '/stored', request)
    return stored && { ...stored, delivery: 'done', via: 'found', crc64 }
  } catch (thrown) {
    const error = toUploadError(thrown, 'sign')
    if (error.code === 'ABORTED') throw error
    return undefined
  } finally {
    signal?.removeEventListener('abort', stop)
  }
}

async function computeCrc64(file: Blob): Promise<string | undefined> {
  const checksum = await loadChecksum()
  return checksum?.crc64(file)
}
