/**
 * The public functions: one file, or many files in one pool.
 */
import type { UploadOptions } from '../options.ts'
import { createPool, type Pool } from './queue.ts'
import type { RunningUpload, ServiceType } from './result-of.ts'
import { createResumeRecord, type PreviousUpload } from './resume-store.ts'
import { startUpload } from './upload.ts'

let poolOfThePage: Pool | undefined

export interface Uploader<Service extends ServiceType = ServiceType> {
  /** Starts an upload; the given options take precedence over the uploader's own. */
  upload(file: Blob, options?: Partial<UploadOptions>): RunningUpload<Service>
  /** The unfinished upload that `upload()` of this file would continue, if any. */
  findPreviousUploads(file: Blob, options?: Partial<UploadOptions>): Promise<PreviousUpload[]>
}

/**
 * Uploads one file. All files of a page share one pool, so a loop over a thousand files sends only a few at a time.
 * The pool's `concurrency` is that of the first call; `createUploader` makes a separate pool.
 *
 * @typeParam Service `typeof service`, for the type of `response`. @default any JSON value
 * @throws UploadError (the promise rejects); `ABORTED` when it was cancelled
 */
export function upload<Service extends ServiceType = ServiceType>(
  file: Blob,
  options: UploadOptions,
): RunningUpload<Service> {
  poolOfThePage ??= createPool(options.concurrency)
  return startUpload(file, options, poolOfThePage) as RunningUpload<Service>
}

/** The unfinished upload of this file that `upload()` with the same options would continue, if any. */
export async function findPreviousUploads(
  file: Blob,
  options: UploadOptions,
): Promise<PreviousUpload[]> {
  // What a transform makes of it has another size.
  const size = options.transform ? undefined : file.size
  const previous = await createResumeRecord(file, options).find(size)
  return previous ? [previous] : []
}

/** Many files in a separate pool: `concurrency` counts over files and parts. */
export function createUploader<Service extends ServiceType = ServiceType>(
  options: UploadOptions,
): Uploader<Service> {
  const pool = createPool(options.concurrency, options.ticketsAhead)
  return {
    upload: (file, own) =>
      startUpload(file, { ...options, ...own }, pool) as RunningUpload<Service>,
    findPreviousUploads: (file, own) => findPreviousUploads(file, { ...options, ...own }),
  }
}
