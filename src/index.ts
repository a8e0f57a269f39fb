/**
 * The service as a library, by hand-listed names.
 */
export { type Config, type OwnParts, readConfig } from './entry/config.ts'
export type { Credentials } from './protocol/signing-key.ts'
export type { AccessLogField, AccessLogSettings } from './service/access-log.ts'
export { type Assets, createMemoryAssets } from './service/assets.ts'
export type { AuthOptions } from './service/auth.ts'
export type {
  BeforeUpload,
  BeforeUploadAllowed,
  BeforeUploadRefused,
  BeforeUploadResult,
  OnBeforeUpload,
} from './service/before-upload.ts'
export type { BeforeWebhookSettings } from './service/before-webhook.ts'
export {
  createDeliver,
  createService,
  type Service,
  type ServiceOptions,
} from './service/create-service.ts'
export {
  createHandlerDeliver,
  type HandlerOptions,
  type ReceiptHandler,
  type UploadFacts,
} from './service/delivery/deliver.ts'
export { buildEventText } from './service/delivery/event.ts'
export { createMemoryOutbox, type MemoryOutboxOptions } from './service/delivery/memory-outbox.ts'
export {
  type DeadDelivery,
  type DeadPage,
  type Deliver,
  type DeliveryAttempt,
  DeliveryError,
  type DeliveryErrorCode,
  type DeliveryEventType,
  type DeliveryState,
  type Outbox,
  OutboxError,
  type OutboxErrorCode,
  type OutboxOptions,
  type OutboxStats,
} from './service/delivery/outbox.ts'
export type { SweepOptions, SweepReport } from './service/delivery/sweep.ts'
export { createWebhook, type WebhookOptions } from './service/delivery/webhook.ts'
export type { WebhookSettings } from './service/delivery/webhook-settings.ts'
export {
  ConfigError,
  RequestKindError,
  ServiceError,
  type ServiceErrorCode,
} from './service/errors.ts'
export type { FindStored, FoundUpload, StoredQuery } from './service/find-stored.ts'
export type { MetricsSettings, MetricsSource } from './service/metrics.ts'
export type {
  CallbackReport,
  DeliveryReport,
  Observer,
  RequestReport,
} from './service/observer.ts'
export type { OwnAuthenticate, User } from './service/own-authenticate.ts'
export type { ObjectSettings } from './service/own-objects.ts'
export type { PageResponse } from './service/page-response.ts'
export type { CheckQuota, QuotaRefusal, QuotaRequest } from './service/quota.ts'
export type { ClientAddress, RateLimiters, RateLimits } from './service/rate-guard.ts'
export {
  createTokenBuckets,
  type RateDecision,
  type RateLimiter,
  type TokenBucketOptions,
} from './service/rate-limiter.ts'
export type { RequestFacts } from './service/response.ts'
export type { Settings } from './service/settings.ts'
export type { Span, SpanAttributes, SpanOptions, Tracing } from './service/tracing.ts'
export {
  type AcceptedCallback,
  acceptCallback,
  type CallbackCheck,
  type Receipt,
  type UnverifiedFacts,
} from './signer/accept-callback.ts'
export type { Claims } from './signer/claims.ts'
export type { CredentialsProvider, ExpiringCredentials } from './signer/credentials.ts'
export { UploadRefused, type UploadRefusedCode } from './signer/errors.ts'
export type { UploadAdditions, UploadLimits } from './signer/narrow-upload.ts'
export type { DirectCallback, ObjectAcl, Profile, StorageClass } from './signer/profile.ts'
export type {
  ErrorResponse,
  FormTicket,
  MultipartTicket,
  OwnObject,
  OwnObjectPage,
  OwnObjectUrl,
  PartUrl,
  PartWindow,
  PutTicket,
  StoredPart,
  Ticket,
  UploadMethod,
  UploadRequest,
  UploadStateResponse,
} from './signer/ticket.ts'
