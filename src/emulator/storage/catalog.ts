/**
 * Objects, uploads in progress and CORS rules. A change is made in memory without waiting, so that of two requests
 * at once only one succeeds; the promise resolves when the storage has saved it.
 */
import type { BucketAcl, BucketOptions, CorsRule } from './bucket.ts'
import { compareKeys } from './key-order.ts'
import type { RecordChange, Storage } from './storage.ts'

/** What PutObject, PostObject and InitiateMultipartUpload set beside the bytes. */
export interface ObjectSettings {
  contentType: string
  /** Headers that GetObject and HeadObject return, lower case: `cache-control`, `x-oss-meta-…`. */
  headers: Record<string, string>
  acl: BucketAcl | 'default'
  storageClass: string
}

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
  kind: 'Normal' | 'Multipart'
  size: number
  /** Without quotes. */
  etag: string
  contentMd5?: string
  crc64: string
  /** ISO 8601, milliseconds. */
  lastModified: string
  blobs: { id: string; size: number }[]
}

export interface StoredPart extends StoredBytes {
  lastModified: string
}

export interface StoredUpload {
  uploadId: string
  bucket: string
  key: string
  initiated: string
  forbidOverwrite: boolean
  settings: ObjectSettings
  parts: Map<number, StoredPart>
}

export interface Bucket {
  name: string
  region: string
  acl: BucketAcl
  domains: string[]
  cors: CorsRule[]
  /** `Vary: Origin` on every response. */
  corsVary: boolean
  objects: Map<string, StoredObject>
}

export interface Catalog {
  bucket(name: string): Bucket | undefined
  /** Keys of the bucket's objects, in the order of listings. */
  sortedKeys(bucket: Bucket): readonly string[]
  putObject(bucket: Bucket, key: string, object: StoredObject): Promise<void>
  deleteObject(bucket: Bucket, key: string): Promise<void>
  uploads(bucket: Bucket): StoredUpload[]
  upload(bucket: Bucket, key: string, uploadId: string): StoredUpload | undefined
  startUpload(upload: StoredUpload): Promise<void>
  putPart(upload: StoredUpload, partNumber: number, part: StoredPart): Promise<void>
  dropUpload(upload: StoredUpload): Promise<void>
  /** Turns the upload into the object; parts that the object does not use are deleted. */
  completeUpload(upload: StoredUpload, bucket: Bucket, object: StoredObject): Promise<void>
  setCors(bucket: Bucket, cors: CorsRule[], vary: boolean): Promise<void>
}

// Names are JSON arrays: buckets and keys hold any character.
const nameOf = (...words: (string | number)[]) => JSON.stringify(words)

/** @throws TypeError when two buckets, or two domains, are the same */
export async function createCatalog(
  options: Required<BucketOptions>[],
  storage: Storage,
): Promise<Catalog> {
  const buckets = new Map<string, Bucket>()
  const uploads = new Map<string, StoredUpload>()
  for (const bucket of options) {
    buckets.set(bucket.name, { ...bucket, corsVary: false, objects: new Map() })
  }
  restore(await storage.load(), buckets, uploads)
  const objectBlobs = [...buckets.values()].flatMap(({ objects }) =>
    [...objects.values()].flatMap((object) => object.blobs.map(({ id }) => id)),
  )
  const partBlobs = [...uploads.values()].flatMap(({ parts }) =>
    [...parts.values()].map(({ blob }) => blob),
  )
  await storage.keepOnly(new Set([...objectBlobs, ...partBlobs]))

  async function deleteBlobs(ids: string[]): Promise<void> {
    for (const id of ids) await storage.deleteBlob(id)
  }

  const blobsOf = (object: StoredObject | undefined) => object?.blobs.map(({ id }) => id) ?? []

  function partNames(upload: StoredUpload): RecordChange[] {
    return [...upload.parts.keys()].map((number) => [
      nameOf('part', upload.uploadId, number),
      undefined,
    ])
  }

  // Sorted when a listing needs it, and until a key is added or deleted.
  const sorted = new WeakMap<Bucket, readonly string[]>()

  function setObject(bucket: Bucket, key: string, object: StoredObject): StoredObject | undefined {
    const replaced = bucket.objects.get(key)
    if (!replaced) sorted.delete(bucket)
    bucket.objects.set(key, object)
    return replaced
  }

  return {
    bucket: (name) => buckets.get(name),

    sortedKeys(bucket) {
      const known = sorted.get(bucket)
      if (known) return known
      const keys = [...bucket.objects.keys()].sort(compareKeys)
      sorted.set(bucket, keys)
      return keys
    },

    async putObject(bucket, key, object) {
      const replaced = setObject(bucket, key, object)
      await storage.save([[nameOf('object', bucket.name, key), object]])
      await deleteBlobs(blobsOf(replaced))
    },

    async deleteObject(bucket, key) {
      const removed = bucket.objects.get(key)
      if (!removed) return
      bucket.objects.delete(key)
      sorted.delete(bucket)
      await storage.save([[nameOf('object', bucket.name, key), undefined]])
      await deleteBlobs(blobsOf(removed))
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
      if (replaced) await deleteBlobs([replaced.blob])
    },

    async dropUpload(upload) {
      uploads.delete(upload.uploadId)
      await storage.save([[nameOf('upload', upload.uploadId), undefined], ...partNames(upload)])
      await deleteBlobs([...upload.parts.values()].map(({ blob }) => blob))
    },

    async completeUpload(upload, bucket, object) {
      uploads.delete(upload.uploadId)
      const replaced = setObject(bucket, upload.key, object)
      await storage.save([
        [nameOf('object', bucket.name, upload.key), object],
        [nameOf('upload', upload.uploadId), undefined],
        ...partNames(upload),
      ])
      const used = new Set(blobsOf(object))
      const unused = [...upload.parts.values()].filter(({ blob }) => !used.has(blob))
      await deleteBlobs([...unused.map(({ blob }) => blob), ...blobsOf(replaced)])
    },

    async setCors(bucket, cors, vary) {
      bucket.cors = cors
      bucket.corsVary = vary
      await storage.save([[nameOf('cors', bucket.name), { cors, vary }]])
    },
  }
}

/** Loads the records of an earlier run. Records of a bucket that is not in the options are ignored. */
function restore(
  records: RecordChange[],
  buckets: Map<string, Bucket>,
  uploads: Map<string, StoredUpload>,
): void {
  const parts: { uploadId: string; number: number; part: StoredPart }[] = []
  for (const [name, value] of records) {
    const [kind, first = '', second = ''] = JSON.parse(name) as [string, string, string?]
    if (kind === 'object') buckets.get(first)?.objects.set(second, value as StoredObject)
    if (kind === 'upload') {
      uploads.set(first, { ...(value as Omit<StoredUpload, 'parts'>), parts: new Map() })
    }
    if (kind === 'part') {
      parts.push({ uploadId: first, number: Number(second), part: value as StoredPart })
    }
    const bucket = kind === 'cors' ? buckets.get(first) : undefined
    if (bucket) {
      const { cors, vary } = value as { cors: CorsRule[]; vary: boolean }
      bucket.cors = cors
      bucket.corsVary = vary
    }
  }
  for (const { uploadId, number, part } of parts) uploads.get(uploadId)?.parts.set(number, part)
}
