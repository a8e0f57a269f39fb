/**
 * The versions of an object, in a bucket with versioning.
 *
 * @see https://www.alibabacloud.com/help/en/oss/user-guide/overview-78
 */
import type { Bucket, DeleteMarker, StoredObject, StoredVersion } from './model.ts'

/** The id of a version that was stored without one is `null`. */
export function readVersionId({ versionId = 'null' }: { versionId?: string }): string {
  return versionId
}

export function findVersion(
  bucket: Bucket,
  key: string,
  versionId: string,
): StoredVersion | undefined {
  const current = bucket.objects.get(key)
  if (current && readVersionId(current) === versionId) return current
  return bucket.versions.get(key)?.find((version) => readVersionId(version) === versionId)
}

/** The delete marker that hides the key, if there is one. */
export function findDeleteMarker(bucket: Bucket, key: string): DeleteMarker | undefined {
  const last = bucket.objects.has(key) ? undefined : bucket.versions.get(key)?.at(-1)
  return last?.kind === 'DeleteMarker' ? last : undefined
}

export function addVersion(bucket: Bucket, key: string, version: StoredVersion): void {
  bucket.versions.set(key, [...(bucket.versions.get(key) ?? []), version])
}

/**
 * Removes a version. If it was the current one, or a delete marker at the end, the version before becomes current.
 *
 * @returns the removed version, and the one that became current
 */
export function removeVersion(
  bucket: Bucket,
  key: string,
  versionId: string,
): { removed: StoredVersion | undefined; promoted: StoredObject | undefined } {
  const removed = findVersion(bucket, key, versionId)
  if (!removed) return { removed, promoted: undefined }
  if (bucket.objects.get(key) === removed) bucket.objects.delete(key)
  const previous = (bucket.versions.get(key) ?? []).filter((version) => version !== removed)
  const last = previous.at(-1)
  const promoted = bucket.objects.has(key) || last?.kind === 'DeleteMarker' ? undefined : last
  if (promoted) bucket.objects.set(key, promoted)
  bucket.versions.set(key, promoted ? previous.slice(0, -1) : previous)
  return { removed, promoted }
}
