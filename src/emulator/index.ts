/**
 * `oss-upcall/emulator`: a local OSS for tests and development, in memory or behind an adapter of your own.
 */
export { createEmulator, type Emulator, type EmulatorAdapter } from './app.ts'
export type { AccessKey, SessionPolicy } from './auth/access-keys.ts'
export type {
  CallbackFault,
  FaultCallback,
  FaultRequest,
  Faults,
  RequestFault,
} from './behavior/faults.ts'
export { defaultUnconfirmed, type Unconfirmed } from './behavior/unconfirmed.ts'
export type { CallbackCall, CallbackOutcome, CallbackTransport } from './callback/transport.ts'
export { ConnectionDropped, type EmulatorReply, type EmulatorRequest } from './http/message.ts'
export { type Listening, type ListenOptions, listen } from './listen.ts'
export type { ImageFacts, ImageProcessor } from './operations/context.ts'
export type { CallbackEntry, EmulatorLog, RequestEntry } from './operations/log.ts'
export type { EmulatorOptions } from './options.ts'
export { type RunningEmulator, type StartOptions, startEmulator } from './start.ts'
export type { BucketAcl, BucketOptions, CorsRule, LifecycleRule } from './storage/bucket.ts'
export { createDiskStorage, type DiskStorageOptions } from './storage/disk-store.ts'
export {
  type BlobWriter,
  createMemoryStorage,
  type RecordChange,
  type Storage,
} from './storage/storage.ts'
