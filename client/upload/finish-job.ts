/**
 * Attempts until the server's response is there, with a new ticket where only that can help.
 */
import { isExpired, toUploadError, type UploadError } from '../http/errors.ts'
import { wait } from '../http/retry.ts'
import type { Run } from '../http/run.ts'
import type { UploadResult } from '../options.ts'
import { type AttemptHooks, attempt, type Job } from './attempt.ts'
import { confirmStored } from './deliver.ts'

/** Between two questions for the response of an accepted upload. */
const RESPONSE_POLL_MS = 2000
/** An upload that OSS or the service no longer knows starts again this often. */
const MAX_FRESH_STARTS = 2

/** The service or OSS no longer has this upload, or OSS stored other bytes. */
const LOST_CODES: ReadonlySet<string> = new Set([
  'SESSION_EXPIRED',
  'SESSION_INVALID',
  'UPLOAD_GONE',
  'NoSuchUpload',
  'OBJECT_MISMATCH',
])

/** Only a new ticket can help. A file in parts renews its URLs and sends single parts again by itself. */
function needsNewTicket(error: UploadError, { work }: Job): boolean {
  const isSimple = work?.kind !== 'multipart'
  return (
    LOST_CODES.has(error.code) ||
    (isSimple && (isExpired(error) || error.code === 'CHECKSUM_MISMATCH'))
  )
}

/** Removes what belonged to the present ticket. */
export async function forgetWork(job: Job): Promise<void> {
  job.work = undefined
  job.isStored = false
  await job.record.save()
}

/** @throws UploadError */
async function storeFile(job: Job, run: Run, hooks: AttemptHooks): Promise<UploadResult> {
  for (let starts = 0; ; starts += 1) {
    try {
      return await attempt(job, run, hooks)
    } catch (thrown) {
      run.signal.throwIfAborted()
      const error = toUploadError(thrown, 'send')
      if (!needsNewTicket(error, job) || starts >= MAX_FRESH_STARTS) throw error
      // It may be unknown because it is complete: by another tab, or just before a reload.
      const { work } = job
      const found = work && (await confirmStored(run, work).catch(() => undefined))
      if (found) {
        job.isStored = true
        return { ...found, id: work.id, key: work.key }
      }
      // Paused meanwhile: what the service would have said must be asked again.
      run.signal.throwIfAborted()
      await forgetWork(job)
    }
  }
}

/** Stores the file, then asks for the response of an accepted upload as long as the caller wants. @throws UploadError */
export async function finishJob(job: Job, run: Run, hooks: AttemptHooks): Promise<UploadResult> {
  const { waitForResponseMs = 0 } = job.options
  let result = await storeFile(job, run, hooks)
  const until = performance.now() + waitForResponseMs
  while (job.work && result.delivery === 'accepted' && performance.now() < until) {
    await wait(RESPONSE_POLL_MS, run.signal)
    result = { ...result, ...(await confirmStored(run, job.work).catch(() => undefined)) }
  }
  return result
}
