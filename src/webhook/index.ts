/**
 * `oss-upcall/webhook`: verify the service's webhooks in your own application, by hand-listed names.
 */
export type { BeforeUploadEvent } from './before-upload.ts'
export { createDedup, type HandleOnce, type ResponseStore } from './dedup.ts'
export { WebhookError, type WebhookErrorCode } from './errors.ts'
export {
  EVENT_MEDIA_TYPE,
  type UploadEvent,
  type UploadEventType,
  type UploadReceipt,
} from './event.ts'
export {
  type BeforeUploadReceiverOptions,
  createBeforeUploadReceiver,
  createReceiver,
  type NodeRequest,
  type NodeResponse,
  type ReceiverOptions,
  type WebhookReceiver,
} from './receiver.ts'
export { type VerifyOptions, verifyWebhook, type WebhookHeaders } from './verify.ts'
