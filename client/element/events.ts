/** The element's events. */
import type { UploadError } from '../http/errors.ts'
import type { Progress, Upload, UploadResult } from '../options.ts'

/** Event → its `detail`. All bubble and leave shadow roots. */
export interface OssUploadDetails {
  /** Before a file is added; `preventDefault()` leaves it out. */
  'upload-add': { file: File }
  'upload-start': { file: File; upload: Upload & Promise<UploadResult> }
  /** At most ten a second for each file; none for files below 256 KiB. */
  'upload-progress': { file: File; progress: Progress }
  'upload-done': { file: File; result: UploadResult }
  'upload-error': { file: File; error: UploadError }
  /** No upload is in progress any more. */
  'uploads-settled': { results: UploadResult[]; errors: UploadError[] }
}

export type OssUploadEvents = {
  [Name in keyof OssUploadDetails]: CustomEvent<OssUploadDetails[Name]>
}

declare global {
  interface HTMLElementEventMap extends OssUploadEvents {}
}

/** @returns false when the event was cancelled */
export function dispatch<Name extends keyof OssUploadDetails>(
  target: EventTarget,
  type: Name,
  detail: OssUploadDetails[Name],
): boolean {
  return target.dispatchEvent(
    new CustomEvent(type, {
      detail,
      bubbles: true,
      composed: true,
      cancelable: type === 'upload-add',
    }),
  )
}
