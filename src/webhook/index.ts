/** `oss-upcall/webhook`: verifies and reads the events that the service sends to an application. */
export { createDedup, type HandleOnce, type ResponseStore } from './dedup.ts'
export { WebhookError, type WebhookErrorCode } from './errors.ts'
export {
  EVENT_MEDIA_TYPE,
  type UploadEvent,
  type UploadEventType,
  type UploadReceipt,
} from './event.ts'
export { type VerifyOptions, verifyWebhook, type WebhookHeaders } from './verify.ts'
