/** oss-upcall/client: uploads from a page straight to OSS, and the server's answer at the end. */
export { type ClientErrorCode, UploadError, type UploadStage } from './http/errors.ts'
export type { RetryInfo } from './http/retry.ts'
export type { Transport, TransportRequest, TransportResponse } from './http/transport.ts'
export type {
  FormProgress,
  Headers,
  Progress,
  Upload,
  UploadOptions,
  UploadResult,
  UploadState,
} from './options.ts'
export type { PreviousUpload, ResumeStore } from './upload/resume-store.ts'
export { createUploader, findPreviousUploads, type Uploader, upload } from './upload/uploader.ts'
