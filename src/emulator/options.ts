/**
 * The options of `createEmulator`.
 */
import type { AccessKey } from './auth/access-keys.ts'
import type { Faults } from './behavior/faults.ts'
import type { Unconfirmed } from './behavior/unconfirmed.ts'
import type { CallbackTransport } from './callback/transport.ts'
import type { ImageProcessor } from './operations/context.ts'
import type { BucketOptions } from './storage/bucket.ts'
import type { Storage } from './storage/storage.ts'

export const DEFAULT_BUCKET = 'examplebucket'
export const DEFAULT_ACCESS_KEY: AccessKey = { accessKeyId: 'ak', accessKeySecret: 'sk' }

export interface EmulatorOptions {
  /** @default id `ak` with secret `sk` */
  accessKeys?: AccessKey[]
  /** More can be created by PutBucket. @default `examplebucket` in cn-hangzhou */
  buckets?: (BucketOptions | string)[]
  /** Serves AssumeRole and AssumeRoleWithOIDC at `/`, too. @default false */
  sts?: boolean
  now?: () => Date
  /** Added to the emulator's clock. @default 0 seconds */
  clockOffsetSeconds?: number
  /** Signs callbacks. @default a fresh RSA pair */
  callbackKey?: { privateKey: string; publicKeyUrl: string }
  /** Callbacks may go to private addresses; OSS never allows it. @default false */
  allowPrivateCallbacks?: boolean
  /** OSS waits 5 s; less makes tests faster. @default 5000 ms */
  callbackTimeoutMs?: number
  faults?: Faults
  /** @default in memory */
  storage?: Storage
  /** Sends callbacks. @default real HTTP */
  fetch?: (request: Request) => Promise<Response>
  /** Sends callbacks below the level of `fetch`. @default the adapter's own: `listen` brings one for Node */
  callbackTransport?: CallbackTransport
  /** For `x-oss-process` with `image/resize` and `image/info`. @default none: such requests get `NotImplemented` */
  imageProcessor?: ImageProcessor
  /** Choices where the manual is silent. @default `defaultUnconfirmed` */
  unconfirmed?: Partial<Unconfirmed>
}
