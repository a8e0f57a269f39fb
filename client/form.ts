/**
 * oss-upcall/client/form: the smallest client. One file, one form; without parts, resuming, checksum and speed.
 */
import type { FormTicket } from '../src/signer/ticket.ts'
import { toFinalState, toUploadError } from './http/errors.ts'
import { createRun } from './http/run.ts'
import { askTicket } from './http/service-client.ts'
import { sendByXhr } from './http/transport.ts'
import type { FormOptions, UploadResult, UploadState } from './options.ts'
import type { ResultOf, ServiceType } from './upload/result-of.ts'
import { buildForm, sendSimple } from './upload/simple.ts'

export { UploadError } from './http/errors.ts'
export type { FormOptions, FormProgress, UploadResult, UploadState } from './options.ts'
export type { ResultOf, ServiceType } from './upload/result-of.ts'

/** A higher number would be shown as 100 when rounded. */
const HIGHEST_UNFINISHED = 99

/**
 * Uploads a small file; the profile must allow the method `form`.
 *
 * @typeParam Service `typeof service`, for the type of `response`. @default any JSON value
 * @returns a promise of the result that also has the method `abort()`
 * @throws UploadError (the promise rejects)
 */
export function upload<Service extends ServiceType = ServiceType>(
  file: Blob,
  options: FormOptions,
): Promise<ResultOf<Service>> & { abort: () => void } {
  const { signal, onProgress, onStateChange, transport = sendByXhr } = options
  const { size: total } = file
  const run = createRun(file, options, transport)
  const abort = () => run.stop(signal?.reason)
  let furthest = 0
  let state: UploadState

  function setState(next: UploadState, sentBytes = 0, isComplete?: boolean): void {
    if (next !== state) onStateChange?.(next)
    state = next
    furthest = Math.max(furthest, sentBytes)
    const percentage = isComplete ? 100 : (HIGHEST_UNFINISHED * furthest) / (total || 1)
    onProgress?.({ loaded: furthest, total, percentage, state })
  }

  async function work(): Promise<UploadResult> {
    try {
      signal?.addEventListener('abort', abort)
      if (signal?.aborted) abort()
      setState('signing')
      const ticket = await askTicket<FormTicket>(run, { method: 'form' })
      setState('uploading')
      const delivered = await sendSimple(
        run,
        ticket,
        buildForm(file.slice(), ticket),
        (sentBytes) => setState('uploading', sentBytes),
        () => setState('confirming'),
      )
      setState(delivered.delivery === 'done' ? 'done' : 'stored', total, true)
      return { ...delivered, id: ticket.id, key: ticket.key }
    } catch (thrown) {
      const error = toUploadError(thrown, 'send')
      setState(toFinalState(error))
      throw error
    } finally {
      signal?.removeEventListener('abort', abort)
    }
  }

  return Object.assign(work() as Promise<ResultOf<Service>>, { abort })
}
