/**
 * Buckets, objects, uploads in progress and CORS rules. A change is made in memory without waiting, so that of two requests
 * at once only one succeeds; the promise resolves when the storage has saved it.
 * Over 200 lines, because every change of what is stored is in this file.
 */
import type { BucketAcl, BucketOptions, CorsRule } from './bucket.ts'
import { compareKeys } from './key-order.ts'
import {
  type Bucket,
  createBucket,
  type DeleteMarker,
  type StoredObject,
  type StoredPart,
  type StoredUpload,
  type StoredVersion,
} from './model.ts'
import { nameOf, restore } from './restore.ts'
import type { RecordChange, Storage } from './storage.ts'
import { addVersion, readVersionId, removeVersion } from './versions.ts'

export interface Catalog {
  /** Sorted by name. */
  buckets(): Bucket[]
  bucket(name: string): Bucket | undefined
  createBucket(options: Required<BucketOptions>, now: Date): Promise<Bucket>
  /** The bucket must be empty. */
  deleteBucket(bucket: Bucket): Promise<void>
  /** Keys of the bucket's objects, in the order of listings. */
  sortedKeys(bucket: Bucket): readonly string[]
  /** In a bucket with versioning, an object that it replaces becomes a previous version. */
  putObject(bucket: Bucket, key: string, object: StoredObject): Promise<void>
  /** Changes settings of a stored version in place. */
  changeObject(
    bucket: Bucket,
    key: string,
    object: StoredObject,
    changes: Partial<Pick<StoredObject, 'acl' | 'tags'>>,
  ): Promise<void>
  /** @param marker in a bucket with versioning: hides the object, which becomes a previous version */
  deleteObject(bucket: Bucket, key: string, marker?: DeleteMarker): Promise<void>
  /** Deletes a version for good. @returns what it was */
  deleteVersion(bucket: Bucket, key: string, versionId: string): Promise<StoredVersion | undefined>
  uploads(bucket: Bucket): StoredUpload[]
  upload(bucket: Bucket, key: string, uploadId: string): StoredUpload | undefined
  startUpload(upload: StoredUpload): Promise<void>
  putPart(upload: StoredUpload, partNumber: number, part: StoredPart): Promise<void>
  dropUpload(upload: StoredUpload): Promise<void>
  /** Turns the upload into the object; parts that the object does not use are deleted. */
  completeUpload(upload: StoredUpload, bucket: Bucket, object: StoredObject): Promise<void>
  setCors(bucket: Bucket, cors: CorsRule[], vary: boolean): Promise<void>
  setAcl(bucket: Bucket, acl: BucketAcl): Promise<void>
}

export async function createCatalog(
  options: Required<BucketOptions>[],
  storage: Storage,
  now: Date,
): Promise<Catalog> {
  const buckets = new Map(options.map((bucket) => [bucket.name, createBucket(bucket, now)]))
  const uploads = new Map<string, StoredUpload>()
  restore(await storage.load(), buckets, uploads)
  await storage.keepOnly(new Set(listBlobs(buckets.values(), uploads.values())))
  // Sorted when a listing needs it, and until a key is added or deleted.
  const sorted = new WeakMap<Bucket, readonly string[]>()

  async function deleteBlobs(ids: string[], except: StoredObject | undefined): Promise<void> {
    const used = new Set(blobsOf(except))
    for (const id of ids) if (!used.has(id)) await storage.deleteBlob(id)
  }

  /** The object is current no more. @returns what must be saved, and blobs that no record names then */
  function retire(
    bucket: Bucket,
    key: string,
    object: StoredObject | undefined,
  ): { changes: RecordChange[]; blobs: string[] } {
    if (!object || !bucket.versioning) return { changes: [], blobs: blobsOf(object) }
    addVersion(bucket, key, object)
    return { changes: [[versionName(bucket, key, object), object]], blobs: [] }
  }

  async function setObject(
    bucket: Bucket,
    key: string,
    object: StoredObject,
    upload?: StoredUpload,
  ): Promise<void> {
    const replaced = bucket.objects.get(key)
    if (!replaced) sorted.delete(bucket)
    bucket.objects.set(key, object)
    if (upload) uploads.delete(upload.uploadId)
    const { changes, blobs } = retire(bucket, key, replaced)
    const objectChange: RecordChange = [nameOf('object', bucket.name, key), object]
    await storage.save([objectChange, ...changes, ...(upload ? removalsOf(upload) : [])])
    await deleteBlobs([...(upload ? partBlobsOf(upload) : []), ...blobs], object)
  }

  return {
    buckets: () => [...buckets.values()].sort((a, b) => compareKeys(a.name, b.name)),
    bucket: (name) => buckets.get(name),

    async createBucket(settings, createdAt) {
      const bucket = createBucket(settings, createdAt)
      buckets.set(bucket.name, bucket)
      await storage.save([[nameOf('bucket', bucket.name), { ...settings, createdAt }]])
      return bucket
    },

    async deleteBucket(bucket) {
      buckets.delete(bucket.name)
      const kinds = ['bucket', 'cors', 'acl']
      await storage.save(kinds.map((kind) => [nameOf(kind, bucket.name), undefined]))
    },

    sortedKeys(bucket) {
      const known = sorted.get(bucket)
      if (known) return known
      const keys = [...bucket.objects.keys()].sort(compareKeys)
      sorted.set(bucket, keys)
      return keys
    },

    putObject: setObject,

    async changeObject(bucket, key, object, changes) {
      Object.assign(object, changes)
      const isCurrent = bucket.objects.get(key) === object
      const name = isCurrent ? nameOf('object', bucket.name, key) : versionName(bucket, key, object)
      await storage.save([[name, object]])
    },

    async deleteObject(bucket, key, marker) {
      const removed = bucket.objects.get(key)
      if (!removed && !marker) return
      bucket.objects.delete(key)
      sorted.delete(bucket)
      const { changes, blobs } = retire(bucket, key, removed)
      if (marker) {
        addVersion(bucket, key, marker)
        changes.push([versionName(bucket, key, marker), marker])
      }
      await storage.save([[nameOf('object', bucket.name, key), undefined], ...changes])
      await deleteBlobs(blobs, undefined)
    },

    async deleteVersion(bucket, key, versionId) {
      const { removed, promoted } = removeVersion(bucket, key, versionId)
      if (!removed) return
      sorted.delete(bucket)
      await storage.save([
        [nameOf('object', bucket.name, key), bucket.objects.get(key)],
        [versionName(bucket, key, removed), undefined],
        ...(promoted ? [[versionName(bucket, key, promoted), undefined] as RecordChange] : []),
      ])
      if (removed.kind !== 'DeleteMarker') await deleteBlobs(blobsOf(removed), undefined)
      return removed
    },

    uploads: (bucket) => [...uploads.values()].filter((upload) => upload.bucket === bucket.name),

    upload(bucket, key, uploadId) {
      const upload = uploads.get(uploadId)
      return upload?.bucket === bucket.name && upload.key === key ? upload : undefined
    },

    async startUpload(upload) {
      uploads.set(upload.uploadId, upload)
      const { parts: _, ...facts } = upload
      await storage.save([[nameOf('upload', upload.uploadId), facts]])
    },

    async putPart(upload, partNumber, part) {
      const replaced = upload.parts.get(partNumber)
      upload.parts.set(partNumber, part)
      await storage.save([[nameOf('part', upload.uploadId, partNumber), part]])
      if (replaced) await deleteBlobs([replaced.blob], undefined)
    },

    async dropUpload(upload) {
      uploads.delete(upload.uploadId)
      await storage.save(removalsOf(upload))
      await deleteBlobs(partBlobsOf(upload), undefined)
    },

    completeUpload: (upload, bucket, object) => setObject(bucket, upload.key, object, upload),

    async setCors(bucket, cors, vary) {
      bucket.cors = cors
      bucket.corsVary = vary
      await storage.save([[nameOf('cors', bucket.name), { cors, vary }]])
    },

    async setAcl(bucket, acl) {
      bucket.acl = acl
      await storage.save([[nameOf('acl', bucket.name), acl]])
    },
  }
}

const versionName = (bucket: Bucket, key: string, version: StoredVersion) =>
  nameOf('version', bucket.name, key, readVersionId(version))

const partBlobsOf = (upload: StoredUpload) => [...upload.parts.values()].map(({ blob }) => blob)

function blobsOf(version: StoredVersion | undefined): string[] {
  return version && version.kind !== 'DeleteMarker' ? version.blobs.map(({ id }) => id) : []
}

function removalsOf(upload: StoredUpload): RecordChange[] {
  const parts = [...upload.parts.keys()].map((number) => nameOf('part', upload.uploadId, number))
  return [nameOf('upload', upload.uploadId), ...parts].map((name) => [name, undefined])
}

function listBlobs(buckets: Iterable<Bucket>, uploads: Iterable<StoredUpload>): string[] {
  const stored = [...buckets].flatMap(({ objects, versions }) => [
    ...objects.values(),
    ...[...versions.values()].flat(),
  ])
  return [...stored.flatMap(blobsOf), ...[...uploads].flatMap(partBlobsOf)]
}
