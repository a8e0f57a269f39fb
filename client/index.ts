/** oss-upcall/client: uploads from a page straight to OSS, and the server's answer at the end. */
export { type ClientErrorCode, UploadError, type UploadStage } from './errors.ts'
export type {
  FormProgress,
  Headers,
  Progress,
  Upload,
  UploadOptions,
  UploadResult,
  UploadState,
} from './options.ts'
export type { PreviousUpload, ResumeStore } from './resume-store.ts'
export type { RetryInfo } from './retry.ts'
export type { Answer, Transport, TransportRequest } from './transport.ts'
export { createUploader, findPreviousUploads, type Uploader, upload } from './uploader.ts'
