/**
 * Attempts until the server's response is there, with a new ticket where only that can help.
 */
import { isExpired, toUploadError, type UploadError } from '../http/errors.ts'
import type { Run } from '../http/run.ts'
import type { UploadResult } from '../options.ts'
import { type AttemptHooks, attempt, type Job } from './attempt.ts'
import { confirmStored } from './deliver.ts'

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
export async function finishJob(job: Job, run: Run, hooks: AttemptHooks): Promise<UploadResult> {
  for (let starts = 0; ; starts += 1) {
    try {
      return await attempt(job, run, hooks)
    } catch (thrown) {
      run.signal.throwIfAborted()
      const error = toUploadError(thrown, 'send')
      if (!needsNewTicket(error, job) || starts >= MAX_FRESH_STARTS) throw error
      // It may be unknown because it is complete: by another tab, or just before a reload.
      const { id = '', key = '', session } = job.work ?? {}
      const found = session && (await confirmStored(run, session).catch(() => undefined))
      if (found) return { ...found, id, key }
      // Paused meanwhile: what the service would have said must be asked again.
      run.signal.throwIfAborted()
      await forgetWork(job)
    }
  }
}
