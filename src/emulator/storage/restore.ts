/**
 * Reads the records that a catalog saved.
 */
import type { CorsRule } from './bucket.ts'
import type { Bucket, StoredObject, StoredPart, StoredUpload, StoredVersion } from './model.ts'
import type { RecordChange } from './storage.ts'
import { addVersion } from './versions.ts'

/** Names are JSON arrays: buckets and keys hold any character. */
export const nameOf = (...words: (string | number)[]) => JSON.stringify(words)

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
      case 'object':
        bucket?.objects.set(second, value as StoredObject)
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
        uploads.set(first, { ...(value as Omit<StoredUpload, 'parts'>), parts: new Map() })
        break
      case 'part':
        parts.push({ uploadId: first, number: Number(second), part: value as StoredPart })
        break
    }
  }
  for (const { uploadId, number, part } of parts) uploads.get(uploadId)?.parts.set(number, part)
}
