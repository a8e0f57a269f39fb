/**
 * What is stored: buckets, objects with their versions, multipart uploads with their parts. All but the maps is JSON.
 */
import type { BucketAcl, BucketOptions, CorsRule, LifecycleRule } from './bucket.ts'

/** What PutObject, PostObject and InitiateMultipartUpload set beside the bytes. */
export interface ObjectSettings {
  contentType: string
  /** Headers that GetObject and HeadObject return, lower case: `cache-control`, `x-oss-meta-…`. */
  headers: Record<string, string>
  acl: BucketAcl | 'default'
  storageClass: string
  tags: Tag[]
}

export type Tag = [key: string, value: string]

/** Facts about bytes that were received. */
export interface StoredBytes {
  blob: string
  size: number
  /** MD5, 32 upper-case hex digits. */
  etag: string
  /** MD5 as Base64. */
  contentMd5: string
  /** Unsigned decimal. */
  crc64: string
}

export interface StoredObject extends ObjectSettings {
  kind: 'Normal' | 'Multipart' | 'Appendable' | 'Symlink'
  size: number
  /** Without quotes. */
  etag: string
  contentMd5?: string
  crc64: string
  /** ISO 8601, milliseconds. */
  lastModified: string
  blobs: { id: string; size: number }[]
  /** Key of the object that a symbolic link points to. */
  symlinkTarget?: string
  /** Only in a bucket with versioning. */
  versionId?: string
}

/** Stands for the deletion of an object in a bucket with versioning. */
export interface DeleteMarker {
  kind: 'DeleteMarker'
  versionId: string
  lastModified: string
}

export type StoredVersion = StoredObject | DeleteMarker

export interface StoredPart extends StoredBytes {
  lastModified: string
}

export interface StoredUpload {
  uploadId: string
  bucket: string
  key: string
  initiated: string
  forbidOverwrite: boolean
  /** The completed object gets a Content-MD5 (`?sequential`). */
  sequential: boolean
  settings: ObjectSettings
  parts: Map<number, StoredPart>
}

export interface Bucket {
  name: string
  region: string
  acl: BucketAcl
  /** Of objects that say nothing else. */
  storageClass: string
  /** ISO 8601, milliseconds. */
  createdAt: string
  versioning: boolean
  domains: string[]
  lifecycle: LifecycleRule[]
  blockPublicAccess: boolean
  cors: CorsRule[]
  /** `Vary: Origin` on every response. */
  corsVary: boolean
  /** Key → current version. */
  objects: Map<string, StoredObject>
  /** Key → previous versions, oldest first. If the last is a delete marker, the key has no current version. */
  versions: Map<string, StoredVersion[]>
}

export function createBucket(options: Required<BucketOptions>, now: Date): Bucket {
  const createdAt = now.toISOString()
  return { ...options, createdAt, corsVary: false, objects: new Map(), versions: new Map() }
}
