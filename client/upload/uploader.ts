/**
 * The public doors: one file, or many in one pool.
 */
import type { Upload, UploadOptions, UploadResult } from '../options.ts'
import { createPool, type Pool } from './queue.ts'
import { createMemory, type PreviousUpload } from './resume-store.ts'
import { startUpload } from './upload.ts'

let poolOfThePage: Pool | undefined

export interface Uploader {
  /** Starts an upload; the given options go before the uploader's own. */
  upload(file: Blob, options?: Partial<UploadOptions>): Upload & Promise<UploadResult>
  /** What `upload()` of this file would go on with by itself, if anything. */
  findPreviousUploads(file: Blob, options?: Partial<UploadOptions>): Promise<PreviousUpload[]>
}

/**
 * Uploads one file. All files of a page share its pool: a loop over a thousand files is no flood.
 * Its `concurrency` is that of the first call; `createUploader` makes a pool of its own.
 *
 * @throws UploadError (the promise rejects); `ABORTED` when it was given up
 */
export function upload(file: Blob, options: UploadOptions): Upload & Promise<UploadResult> {
  poolOfThePage ??= createPool(options.concurrency)
  return startUpload(file, options, poolOfThePage)
}

/** The unfinished upload of this file that `upload()` with the same options would go on with, if any. */
export async function findPreviousUploads(
  file: Blob,
  options: UploadOptions,
): Promise<PreviousUpload[]> {
  const previous = await createMemory(file, options).find()
  return previous ? [previous] : []
}

/** Many files in a pool of their own: `concurrency` counts over files and parts. */
export function createUploader(options: UploadOptions): Uploader {
  const pool = createPool(options.concurrency)
  return {
    upload: (file, own) => startUpload(file, { ...options, ...own }, pool),
    findPreviousUploads: (file, own) => findPreviousUploads(file, { ...options, ...own }),
  }
}
