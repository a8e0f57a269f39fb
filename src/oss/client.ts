/**
 * OSS's calls for servers, signed by header: the three of its manual's page on upload callbacks – `put_object`,
 * `put_object_from_file`, `complete_multipart_upload` – and what belongs to an upload in parts around the last.
 *
 * @see https://www.alibabacloud.com/help/en/oss/developer-reference/callback
 */
import { presign } from '../protocol/presign.ts'
import { createCredentials } from '../signer/credentials.ts'
import { createCall, type OssClientOptions } from './call.ts'
import { readCheckpoint, removeCheckpoint, writeCheckpoint } from './checkpoint.ts'
import { OssError, requireText } from './errors.ts'
import { checkStamp, createFileSource, openFileBlob, readStamp } from './file-source.ts'
import {
  abortUpload,
  choosePartSize,
  complete,
  finish,
  initiate,
  listParts,
  type MultipartOptions,
  sendParts,
  type UploadedPart,
} from './multipart.ts'
import {
  buildReadQuery,
  deleteObject,
  headObject,
  type ListOptions,
  listObjects,
  type ObjectFacts,
  type ObjectPage,
  type SignedUrlOptions,
} from './objects.ts'
import { type PutOptions, putBlob } from './put-object.ts'
import {
  createBlobSource,
  createStreamSource,
  type Data,
  type PartSource,
  type StreamData,
  toBlob,
} from './source.ts'
import type { StoredResult } from './stored.ts'

export interface FileUploadOptions extends MultipartOptions {
  /**
   * File that remembers the upload: after an interruption, the same call continues it. It is removed at the end.
   * Without it an upload that fails is aborted on OSS.
   */
  checkpoint?: string | undefined
}

/** Every function throws {OssError}, and {ProtocolError} for what OSS would never accept. */
export interface OssClient {
  putObject(key: string, data: Data, options?: PutOptions): Promise<StoredResult>
  /** At most 5 GiB in one request; `multipartUpload` takes more, and continues. */
  putObjectFromFile(key: string, path: string, options?: PutOptions): Promise<StoredResult>
  /** @param source path of a file, or bytes, or a stream of unknown length */
  multipartUpload(
    key: string,
    source: { path: string } | Data | StreamData,
    options?: FileUploadOptions,
  ): Promise<StoredResult>
  /** The last call of an upload whose parts were sent in another way, e.g. by a page. */
  completeMultipartUpload(
    key: string,
    uploadId: string,
    parts: readonly UploadedPart[],
    options?: PutOptions,
  ): Promise<StoredResult>
  /** A URL that anyone may read the object by, for a while. Nothing is asked of OSS. */
  signedUrl(key: string, options?: SignedUrlOptions): Promise<string>
  headObject(key: string, signal?: AbortSignal): Promise<ObjectFacts>
  deleteObject(key: string, signal?: AbortSignal): Promise<void>
  /** A page of objects in the order of their keys. */
  listObjects(prefix: string, options?: ListOptions): Promise<ObjectPage>
}

/** As browsers would use it, seconds. */
const URL_SECONDS = 3600

type Source = Parameters<OssClient['multipartUpload']>[1]

function isPath(source: Source): source is { path: string } {
  return source instanceof Object && 'path' in source && typeof source.path === 'string'
}

function isStream(source: Data | StreamData): source is StreamData {
  return source instanceof Object && Symbol.asyncIterator in source
}

export function createOssClient(options: OssClientOptions): OssClient {
  const { credentials: given, retryDelays, fetch, now = () => new Date(), ...address } = options
  const { bucket } = address
  const credentials = createCredentials(given)
  const call = createCall({ ...address, credentials, retryDelays, fetch, now })

  /** An upload that nobody can continue leaves no parts behind; the error of the upload is the one that counts. */
  async function uploadOnce(
    key: string,
    source: PartSource,
    given: MultipartOptions,
  ): Promise<StoredResult> {
    const partSize = choosePartSize(source.size, given.partSize)
    const target = { key, partSize, uploadId: await initiate(call, key, given) }
    try {
      return await finish(
        call,
        target,
        await sendParts(call, target, source, [], given),
        source,
        given,
      )
    } catch (error) {
      await abortUpload(call, key, target.uploadId).catch(() => {})
      throw error
    }
  }

  /** The upload of the checkpoint with its parts; a new one when OSS does not have it any more. */
  async function openUpload(
    key: string,
    source: Awaited<ReturnType<typeof createFileSource>>,
    checkpoint: string,
    given: FileUploadOptions,
  ) {
    const file = source.stamp
    const known = await readCheckpoint(checkpoint, { bucket, key, file })
    if (known) {
      try {
        const stored = await listParts(call, key, known.uploadId, given.signal)
        return { target: known, stored }
      } catch (error) {
        if (!(error instanceof OssError && error.remoteCode === 'NoSuchUpload')) throw error
      }
    }
    const partSize = choosePartSize(file.size, given.partSize)
    const target = { bucket, key, partSize, file, uploadId: await initiate(call, key, given) }
    await writeCheckpoint(checkpoint, target)
    return { target, stored: [] }
  }

  async function uploadFile(
    key: string,
    path: string,
    given: FileUploadOptions,
  ): Promise<StoredResult> {
    const source = await createFileSource(path)
    try {
      if (given.checkpoint === undefined) return await uploadOnce(key, source, given)
      const { target, stored } = await openUpload(key, source, given.checkpoint, given)
      const parts = await sendParts(call, target, source, stored, given)
      const result = await finish(call, target, parts, source, given)
      await removeCheckpoint(given.checkpoint)
      return result
    } finally {
      await source.close?.()
    }
  }

  return {
    putObject: async (key, data, given = {}) => putBlob(call, key, toBlob(data), given),
    async putObjectFromFile(key, path, given = {}) {
      const stamp = await readStamp(path)
      try {
        return await putBlob(call, key, await openFileBlob(path), given)
      } catch (error) {
        // A file that changes cannot be read any more, which looks like a broken connection.
        await checkStamp(path, stamp)
        throw error
      }
    },
    async multipartUpload(key, source, given = {}) {
      if (isPath(source)) return uploadFile(key, source.path, given)
      const parts = isStream(source) ? createStreamSource(source) : createBlobSource(toBlob(source))
      return uploadOnce(key, parts, given)
    },
    async completeMultipartUpload(key, uploadId, parts, given = {}) {
      requireText('uploadId', uploadId)
      return complete(call, { key, uploadId }, parts, given)
    },
    async signedUrl(key, given = {}) {
      const { method = 'GET', expiresIn: expiresInSeconds = URL_SECONDS } = given
      requireText('key', key)
      const at = now()
      const current = await credentials.current(at)
      const request = { ...address, method, key, query: buildReadQuery(key, given) }
      return presign(request, { credentials: current, now: at, expiresInSeconds }).url
    },
    headObject: (key, signal) => headObject(call, key, signal),
    deleteObject: (key, signal) => deleteObject(call, key, signal),
    listObjects: (prefix, given = {}) => listObjects(call, prefix, given),
  }
}
