/**
 * Attempts until the server's response is there, with a new ticket where only that can help.
 */
import { isExpired, toUploadError } from '../http/errors.ts'
import { wait } from '../http/retry.ts'
import { createRun, type Run } from '../http/run.ts'
import { askService } from '../http/service-client.ts'
import type { Transport, UploadResult } from '../options.ts'
import { attempt, type Job, type SetState } from './attempt.ts'
import { confirmStored } from './deliver.ts'

/** Telling OSS that an upload was cancelled is optional (unused parts expire there): it is tried twice. */
const ABORT_DELAYS_MS = [1000]
/** Between two questions for the response of an accepted upload. */
const RESPONSE_POLL_MS = 2000
/** An upload that OSS or the service no longer knows starts again this often. */
const MAX_FRESH_STARTS = 2

/** The service or OSS no longer has this upload, or OSS stored other bytes. */
const LOST_CODES: readonly string[] = [
  'SESSION_EXPIRED',
  'SESSION_INVALID',
  'UPLOAD_GONE',
  'NoSuchUpload',
  'OBJECT_MISMATCH',
]

/** Removes what belonged to the present ticket. */
export async function forgetWork(job: Job): Promise<void> {
  job.work = undefined
  job.isStored = false
  await job.record.save()
}

/** @throws UploadError */
async function storeFile(job: Job, run: Run, setState: SetState): Promise<UploadResult> {
  let wasExpired = false
  for (let starts = 0; ; starts += 1) {
    try {
      return await attempt(job, run, setState)
    } catch (thrown) {
      run.signal.throwIfAborted()
      const error = toUploadError(thrown, 'send')
      const { code } = error
      // The object is not there after all: it must be sent again.
      if (code !== 'CONFIRM_FAILED') job.isStored = false
      const isLate = isExpired(error)
      const isInParts = job.work?.kind === 'multipart'
      // Only another attempt from the beginning can help. A file in parts sends single parts again by itself.
      const isLost = LOST_CODES.includes(code) || (!isInParts && code === 'CHECKSUM_MISMATCH')
      // A new ticket that has expired as well will not get better; a part has had its second URL already.
      const isHopeless = isLate ? wasExpired || (isInParts && error.stage === 'send') : !isLost
      if (isHopeless || starts >= MAX_FRESH_STARTS) throw error
      wasExpired ||= isLate
      // It may be unknown because it is complete: by another tab, or just before a reload.
      const { work } = job
      const found = work && (await confirmStored(run, work).catch(() => undefined))
      if (found) {
        job.isStored = true
        return { ...found, id: work.id, key: work.key }
      }
      // Paused meanwhile: what the service would have said must be asked again.
      run.signal.throwIfAborted()
      // Parts that are stored stay; their next run asks for new URLs.
      if (isLate && isInParts) continue
      job.needsParts = isLate
      await forgetWork(job)
    }
  }
}

/** Stores the file, then asks for the response of an accepted upload as long as the caller wants. @throws UploadError */
export async function finishJob(job: Job, run: Run, setState: SetState): Promise<UploadResult> {
  const { waitForResponseMs = 0 } = job.options
  let result = await storeFile(job, run, setState)
  const until = performance.now() + waitForResponseMs
  while (job.work && result.delivery === 'accepted' && performance.now() < until) {
    await wait(RESPONSE_POLL_MS, run.signal, self)
    result = { ...result, ...(await confirmStored(run, job.work).catch(() => undefined)) }
  }
  return result
}

/** Gives the parts of a cancelled upload back to OSS. */
export async function abortOnOss(
  work: Job['work'],
  { file, options }: Job,
  transport: Transport,
): Promise<void> {
  if (work?.kind !== 'multipart') return
  const { session } = work
  const run = createRun(file, { ...options, retryDelays: ABORT_DELAYS_MS }, transport)
  await askService(run, 'abort', '/abort', { session }).catch(() => {})
}
