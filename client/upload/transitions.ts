/**
 * What a caller may ask of an upload, by its state. What is not listed is ignored.
 */
import type { UploadState } from '../options.ts'

/** Until it is being completed. */
export const PAUSABLE: readonly UploadState[] = [
  'idle',
  'preparing',
  'signing',
  'uploading',
  'offline',
  'retrying',
]
export const RESUMABLE: readonly UploadState[] = ['paused', 'stored', 'failed']
/** All others can be cancelled. */
export const FINAL: readonly UploadState[] = ['done', 'aborted']
