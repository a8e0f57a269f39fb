/**
 * What every operation is given: the request, what the steps before it found out, and the state of the emulator.
 * With it, what several operations need of a request.
 */
import { encodePath, toBase64Url } from '../../protocol/bytes.ts'
import type { AccessKeys, Caller } from '../auth/access-keys.ts'
import type { Faults } from '../behavior/faults.ts'
import type { Unconfirmed } from '../behavior/unconfirmed.ts'
import type { CallbackKey } from '../callback/signing-key.ts'
import type { CallbackTransport } from '../callback/transport.ts'
import { OssError } from '../http/errors.ts'
import type { EmulatorRequest } from '../http/message.ts'
import { isPathStyle, type Query, readHostName } from '../http/target.ts'
import { readTrafficLimit } from '../http/traffic-limit.ts'
import type { Catalog } from '../storage/catalog.ts'
import type { Bucket, ObjectSettings, StoredObject } from '../storage/model.ts'
import type { PinnableStorage } from '../storage/stored-bytes.ts'
import type { Log } from './log.ts'

/** The account that owns all buckets and makes all requests, in the shape of an Alibaba Cloud account id. */
export const OWNER = '1000000000000000'

export interface ImageFacts {
  /** Pixels. */
  width: number
  height: number
  /** As OSS names it: `jpg`, `png`, `gif`, `webp` … */
  format: string
}

export interface ImageResize {
  /** Pixels of the result. */
  width: number
  height: number
  /**
   * `stretch`: all of the source on all of the result. `cover`: in proportion, centred, what is over the edge is cut off. `contain`:
   * all of the source in proportion, centred, on the background.
   */
  fit: 'stretch' | 'cover' | 'contain'
  /** RGB, e.g. `#ffffff`; for `contain`. */
  background: string
}

/** Decodes and encodes pictures for `x-oss-process`; a program brings it. Each method rejects for what is no picture. */
export interface ImageProcessor {
  read(bytes: Uint8Array): Promise<ImageFacts>
  /** In the format that it has. */
  resize(bytes: Uint8Array, resize: ImageResize): Promise<Uint8Array>
}

export interface EmulatorState {
  catalog: Catalog
  storage: PinnableStorage
  keys: AccessKeys
  unconfirmed: Unconfirmed
  now(): Date
  callbackKey: CallbackKey
  allowPrivateCallbacks: boolean
  callbackTimeoutMs: number
  faults: Faults
  log: Log
  imageProcessor: ImageProcessor | undefined
}

/** For operations on no bucket, or on a bucket that may not exist. */
export type ServiceContext = Omit<OperationContext, 'bucket' | 'key'> & {
  bucketName: string | undefined
}

export interface OperationContext {
  emulator: EmulatorState
  transport: CallbackTransport
  request: EmulatorRequest
  requestId: string
  operation: string
  bucket: Bucket
  key: string
  query: Query
  /** Of the request, for `HostId` and `Location`. */
  host: string
  caller: Caller
}

/** 24 upper-case hex digits, the shape of OSS's request ids. */
export function createRequestId(): string {
  return createHexId(12)
}

/** 32 upper-case hex digits that sort by time: ListMultipartUploads lists the uploads of a key by their start. */
export function createUploadId(now: Date): string {
  return now.getTime().toString(16).padStart(12, '0').toUpperCase() + createHexId(10)
}

function createHexId(bytes: number): string {
  const id = crypto.getRandomValues(new Uint8Array(bytes))
  return Array.from(id, (byte) => byte.toString(16).padStart(2, '0'))
    .join('')
    .toUpperCase()
}

/** URL of the object, in the style of the request: with the bucket in the host or in the path. */
export function buildLocation({ request, host, bucket, key }: OperationContext): string {
  const isOwnDomain = bucket.domains.some((domain) => readHostName(domain) === readHostName(host))
  const path = encodePath(isPathStyle(host) && !isOwnDomain ? `/${bucket.name}/${key}` : `/${key}`)
  return `${request.secure ? 'https' : 'http'}://${host}${path}`
}

/** Of the header or of the signed query, in bit/s. */
export function readBitsPerSecond({ request, query }: OperationContext): number | undefined {
  const name = 'x-oss-traffic-limit'
  return readTrafficLimit(request.headers[name] ?? query.get(name))
}

/** Content-Length as a number; undefined for a chunked body. @throws {OssError} `MissingContentLength` */
export function readContentLength({ headers, body }: EmulatorRequest): number | undefined {
  const text = headers['content-length']
  if (text !== undefined && /^\d{1,15}$/.test(text)) return Number(text)
  if (/chunked/i.test(headers['transfer-encoding'] ?? '') || (body && text === undefined)) return
  throw new OssError('MissingContentLength', 'You must provide the Content-Length HTTP header.')
}

/** The `versionId` of an object that is stored now. Nothing in a bucket without versioning. */
export function createVersion({ versioning }: Bucket): { versionId?: string } {
  return versioning ? { versionId: createVersionId() } : {}
}

/** 64 characters that begin like those of OSS. */
export function createVersionId(): string {
  return `CAEQ${toBase64Url(crypto.getRandomValues(new Uint8Array(45)))}`
}

/** An object from the settings of its upload and the bytes that were received. */
export function buildNormalObject(
  bucket: Bucket,
  settings: ObjectSettings,
  bytes: { blob: string; size: number; etag: string; contentMd5: string; crc64: string },
  now: Date,
): StoredObject {
  const { blob, size, etag, contentMd5, crc64 } = bytes
  return {
    ...settings,
    ...createVersion(bucket),
    kind: 'Normal',
    size,
    etag,
    contentMd5,
    crc64,
    lastModified: now.toISOString(),
    blobs: [{ id: blob, size }],
  }
}
