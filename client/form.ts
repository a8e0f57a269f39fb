/**
 * oss-upcall/client/form: the smallest client. One file, one form; no parts, no resume, no checksum.
 */
import type { FormTicket } from '../src/signer/ticket.ts'
import { toUploadError, UploadError } from './errors.ts'
import type { FormOptions, UploadResult, UploadState } from './options.ts'
import { createMeter } from './progress.ts'
import { askTicket, createRun } from './service.ts'
import { sendSimple } from './simple.ts'
import { createTransport } from './transport.ts'

export { UploadError } from './errors.ts'
export type { FormOptions, Progress, UploadResult, UploadState } from './options.ts'

/**
 * Uploads a small file; the profile must allow the method `form`.
 *
 * @returns the result, with `abort()` beside it
 * @throws UploadError (the promise rejects)
 */
export function upload(
  file: Blob,
  options: FormOptions,
): Promise<UploadResult> & { abort: () => void } {
  const { signal, onProgress, onStateChange } = options
  const run = createRun(options, createTransport())
  const meter = createMeter(file.size, onProgress)
  let state: UploadState = 'idle'
  const setState = (next: UploadState, sentBytes = 0) => {
    const isNews = next !== state
    state = next
    meter.update(sentBytes, state)
    if (isNews) onStateChange?.(next)
  }
  const abort = () => run.stop(signal?.reason)

  async function work(): Promise<UploadResult> {
    try {
      signal?.addEventListener('abort', abort)
      if (signal?.aborted) abort()
      run.signal.throwIfAborted()
      setState('signing')
      const ticket = await askTicket<FormTicket>(run, file, { method: 'form' })
      if (ticket.kind !== 'form') throw new UploadError('BAD_ANSWER', 'sign')
      setState('uploading')
      const onSent = (sentBytes: number) => setState('uploading', sentBytes)
      const onStored = () => setState('confirming')
      const { answer, via } = await sendSimple(run, file, ticket, onSent, onStored)
      setState('done')
      return { id: ticket.id, key: ticket.key, answer, via }
    } catch (thrown) {
      const error = toUploadError(thrown, 'send')
      const { code } = error
      setState(code === 'ABORTED' ? 'aborted' : code === 'CONFIRM_FAILED' ? 'stored' : 'failed')
      throw error
    } finally {
      signal?.removeEventListener('abort', abort)
    }
  }

  return Object.assign(work(), { abort })
}
