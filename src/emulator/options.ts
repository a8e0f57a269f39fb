/**
 * What the desk can be told when it is set up.
 */

import type { Faults } from './behavior/faults.ts'
import type { Unconfirmed } from './behavior/unconfirmed.ts'
import type { CallbackTransport } from './callback/transport.ts'
import type { Storage } from './storage/storage.ts'

/** A session policy as AssumeRole takes it; conditions are not understood and refused. */
export interface SessionPolicy {
  Version?: string
  Statement: {
    Effect: 'Allow' | 'Deny'
    /** e.g. `oss:PutObject`; `*` and `?` are wildcards. */
    Action: string | string[]
    /** e.g. `acs:oss:*:*:examplebucket/u/42/*`. */
    Resource: string | string[]
  }[]
}

export interface AccessKey {
  accessKeyId: string
  accessKeySecret: string
  /** Makes it a temporary (STS) key: every request needs this token too. */
  securityToken?: string
  /** End of the token. */
  expiresAt?: Date
  /** Rights of the key; without one it may do everything. */
  policy?: SessionPolicy
}

export interface CorsRule {
  /** Exact origins, or patterns with one `*`. */
  allowedOrigins: string[]
  allowedMethods: string[]
  /** Names, or patterns with one `*`. */
  allowedHeaders?: string[]
  exposeHeaders?: string[]
  maxAgeSeconds?: number
}

export type BucketAcl = 'private' | 'public-read' | 'public-read-write'

export interface BucketOptions {
  name: string
  /** @default 'cn-hangzhou' */
  region?: string
  cors?: CorsRule[]
  /** @default 'private' */
  acl?: BucketAcl
  /** Host names of your own that mean this bucket. */
  domains?: string[]
}

export interface EmulatorOptions {
  accessKeys: AccessKey[]
  buckets: (BucketOptions | string)[]
  now?: () => Date
  /** Added to the desk's clock. @default 0 seconds */
  clockOffsetSeconds?: number
  /** Signs callbacks. @default a fresh RSA pair */
  callbackKey?: { privateKey: string; publicKeyUrl: string }
  /** Callbacks may go to private addresses; OSS never allows it. @default false */
  allowPrivateCallbacks?: boolean
  /** OSS waits 5 s; shorter helps tests. @default 5000 ms */
  callbackTimeoutMs?: number
  faults?: Faults
  /** @default in memory */
  storage?: Storage
  /** Sends callbacks. @default real HTTP */
  fetch?: (request: Request) => Promise<Response>
  /** Sends callbacks below the level of `fetch`; a Node door brings its own. */
  callbackTransport?: CallbackTransport
  /** Choices where the manual is silent. @default the strict ones, see `Unconfirmed` */
  unconfirmed?: Partial<Unconfirmed>
}
