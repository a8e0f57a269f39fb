/**
 * Reads the records that a catalog saved.
 */
import type { BucketAcl, BucketOptions, CorsRule } from './bucket.ts'
import {
  type Bucket,
  createBucket,
  type StoredObject,
  type StoredPart,
  type StoredUpload,
  type StoredVersion,
} from './model.ts'
import type { RecordChange } from './storage.ts'
import { addVersion } from './versions.ts'

/** Names are JSON arrays: buckets and keys hold any character. */
export const nameOf = (...words: (string | number)[]) => JSON.stringify(words)

// Records of versions before there were tags lack them.
const NO_TAGS = { tags: [] }
// Records of buckets before these options existed lack them.
const NEW_OPTIONS = { lifecycle: [], blockPublicAccess: false }

/** Loads the records of an earlier run. Records of a bucket that does not exist are ignored. */
export function restore(
  records: RecordChange[],
  buckets: Map<string, Bucket>,
  uploads: Map<string, StoredUpload>,
): void {
  const parts: { uploadId: string; number: number; part: StoredPart }[] = []
  for (const [name, value] of records) {
    const [kind, first = '', second = ''] = JSON.parse(name) as [string, string, string?]
    const bucket = buckets.get(first)
    switch (kind) {
      case 'bucket': {
        const { createdAt, ...options } = value as Required<BucketOptions> & { createdAt: string }
        if (!bucket)
          buckets.set(first, createBucket({ ...NEW_OPTIONS, ...options }, new Date(createdAt)))
        break
      }
      case 'acl':
        if (bucket) bucket.acl = value as BucketAcl
        break
      case 'object':
        bucket?.objects.set(second, { ...NO_TAGS, ...(value as StoredObject) })
        break
      case 'version':
        if (bucket) addVersion(bucket, second, value as StoredVersion)
        break
      case 'cors': {
        const { cors, vary } = value as { cors: CorsRule[]; vary: boolean }
        if (bucket) Object.assign(bucket, { cors, corsVary: vary })
        break
      }
      case 'upload':
        uploads.set(first, readUpload(value as Omit<StoredUpload, 'parts'>))
        break
      case 'part':
        parts.push({ uploadId: first, number: Number(second), part: value as StoredPart })
        break
    }
  }
  for (const { uploadId, number, part } of parts) uploads.get(uploadId)?.parts.set(number, part)
}

function readUpload(upload: Omit<StoredUpload, 'parts'>): StoredUpload {
  const settings = { ...NO_TAGS, ...upload.settings }
  return { ...upload, sequential: upload.sequential ?? false, settings, parts: new Map() }
}
