/** oss-upcall/client: uploads from a page directly to OSS; the result has the server's response. */
export { type ClientErrorCode, UploadError } from './http/errors.ts'
export type {
  FileTransform,
  FormProgress,
  Headers,
  Progress,
  ResumeStore,
  RetryInfo,
  Transport,
  TransportRequest,
  TransportResponse,
  Upload,
  UploadOptions,
  UploadResult,
  UploadStage,
  UploadState,
} from './options.ts'
export type { ResultOf, RunningUpload, ServiceType } from './upload/result-of.ts'
export type { PreviousUpload } from './upload/resume-store.ts'
export { createUploader, findPreviousUploads, type Uploader, upload } from './upload/uploader.ts'
