/**
 * The service as a library, by hand-listed names.
 */
export { type Config, readConfig } from './entry/config.ts'
export type { Credentials } from './protocol/signing-key.ts'
export { type Assets, createMemoryAssets } from './service/assets.ts'
export type { AuthOptions } from './service/auth.ts'
export { createService, type Service, type ServiceOptions } from './service/create-service.ts'
export {
  createMemoryDeliveryStore,
  type DeliveryStore,
  type MemoryDeliveryOptions,
  type ReceiptHandler,
} from './service/delivery.ts'
export { ConfigError, ServiceError, type ServiceErrorCode } from './service/errors.ts'
export type { Settings } from './service/settings.ts'
export {
  type AcceptedCallback,
  acceptCallback,
  type CallbackCheck,
  type Receipt,
  type UnverifiedFacts,
} from './signer/accept-callback.ts'
export type { CredentialsProvider, ExpiringCredentials } from './signer/credentials.ts'
export { UploadRefused, type UploadRefusedCode } from './signer/errors.ts'
export type { DirectCallback, ObjectAcl, Profile, StorageClass } from './signer/profile.ts'
export type {
  ErrorResponse,
  FormTicket,
  MultipartTicket,
  PartUrl,
  PartWindow,
  PutTicket,
  StoredPart,
  Ticket,
  UploadMethod,
  UploadRequest,
  UploadStateResponse,
} from './signer/ticket.ts'
