/**
 * The settings of a bucket, as its owner gives them.
 *
 * @see https://www.alibabacloud.com/help/en/oss/developer-reference/putbucketcors
 * @see https://www.alibabacloud.com/help/en/oss/developer-reference/putbucketacl
 */
export interface CorsRule {
  /** Exact origins, or patterns with at most one `*` each. */
  allowedOrigins: string[]
  allowedMethods: string[]
  /** Names, or patterns with at most one `*` each. */
  allowedHeaders?: string[]
  exposeHeaders?: string[]
  maxAgeSeconds?: number
}

/** A rule of the bucket's lifecycle. GetBucketLifecycle returns it; it is not carried out. */
export interface LifecycleRule {
  /** Of keys. @default '': the whole bucket */
  prefix?: string
  /** @default true */
  enabled?: boolean
  /** Parts of unfinished uploads are deleted after so many days. */
  abortMultipartUploadDays?: number
  /** Objects are deleted after so many days. */
  expirationDays?: number
}

export type BucketAcl = 'private' | 'public-read' | 'public-read-write'

export interface BucketOptions {
  name: string
  /** @default 'cn-hangzhou' */
  region?: string
  cors?: CorsRule[]
  /** @default 'private' */
  acl?: BucketAcl
  /** Of objects that say nothing else. @default 'Standard' */
  storageClass?: string
  /**
   * Objects that are replaced or deleted stay as previous versions, and `x-oss-forbid-overwrite` is ignored.
   *
   * @default false
   */
  versioning?: boolean
  /** Custom domains: host names that are bound to this bucket. */
  domains?: string[]
  /** @default none */
  lifecycle?: LifecycleRule[]
  /** What GetBucketPublicAccessBlock returns; the ACLs work on. @default false */
  blockPublicAccess?: boolean
}

/** With all defaults. @param options a name stands for a bucket with defaults only */
export function readBucketOptions(options: BucketOptions | string): Required<BucketOptions> {
  return {
    region: 'cn-hangzhou',
    cors: [],
    acl: 'private',
    storageClass: 'Standard',
    versioning: false,
    domains: [],
    lifecycle: [],
    blockPublicAccess: false,
    ...(typeof options === 'string' ? { name: options } : options),
  }
}
