/**
 * Uploads in parts: Initiate, UploadPart several at a time, Complete with the callback. Each part's CRC-64 is compared with
 * OSS's, and the combination of all with that of the object.
 * Over 200 lines: the calls of one upload, in their order.
 *
 * @see https://www.alibabacloud.com/help/en/oss/developer-reference/multipart-upload-operations
 */
import { crc64, crc64Combine } from '../protocol/crc64.ts'
import { MAX_PARTS, MIN_PART_BYTES } from '../protocol/limits.ts'
import { DEFAULT_PART_BYTES, planParts } from '../protocol/part-plan.ts'
import { type ListedPart, parseInitiateResult, parseListPartsResult } from '../protocol/xml.ts'
import type { CallOss } from './call.ts'
import { OssError } from './errors.ts'
import { inParallel } from './in-parallel.ts'
import { buildObjectHeaders, type PutOptions } from './put-object.ts'
import type { Part, PartSource } from './source.ts'
import { buildCallbackHeaders, checkChecksum, readStored, type StoredResult } from './stored.ts'

export interface UploadedPart {
  partNumber: number
  etag: string
}

export interface PartProgress {
  /** Bytes that OSS has. */
  loaded: number
  /** Bytes; unknown of a stream. */
  total: number | undefined
}

export interface MultipartOptions extends PutOptions {
  /** Bytes; raised where OSS takes no part so small or not so many. @default 8 388 608 (8 MiB) */
  partSize?: number | undefined
  /** Parts at the same time; as many are held in memory. @default 4 */
  concurrency?: number | undefined
  onProgress?: ((progress: PartProgress) => void) | undefined
}

const CONCURRENCY = 4
/** 10 000 parts, 1 000 a page. */
const MAX_PAGES = 10

interface SentPart extends UploadedPart {
  crc64: bigint
  /** bytes */
  size: number
}

export async function initiate(call: CallOss, key: string, options: PutOptions): Promise<string> {
  const { text } = await call({
    operation: 'InitiateMultipartUpload',
    method: 'POST',
    key,
    query: { uploads: '' },
    headers: buildObjectHeaders(options),
    signal: options.signal,
  })
  return parseInitiateResult(text).uploadId
}

/** All parts that OSS has of an unfinished upload. */
export async function listParts(
  call: CallOss,
  key: string,
  uploadId: string,
  signal?: AbortSignal,
): Promise<ListedPart[]> {
  const listed: ListedPart[] = []
  let marker = 0
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const query = { uploadId, 'max-parts': '1000', 'part-number-marker': String(marker) }
    const { text } = await call({ operation: 'ListParts', method: 'GET', key, query, signal })
    const { parts, isTruncated, nextPartNumberMarker } = parseListPartsResult(text)
    listed.push(...parts)
    if (!isTruncated || nextPartNumberMarker <= marker) break
    marker = nextPartNumberMarker
  }
  return listed
}

export async function abortUpload(call: CallOss, key: string, uploadId: string): Promise<void> {
  const query = { uploadId }
  await call({ operation: 'AbortMultipartUpload', method: 'DELETE', key, query }).catch((error) => {
    if (error instanceof OssError && error.remoteCode === 'NoSuchUpload') return
    throw error
  })
}

async function sendPart(
  call: CallOss,
  key: string,
  uploadId: string,
  { partNumber, bytes }: Part,
  sum: bigint,
  signal: AbortSignal | undefined,
): Promise<SentPart> {
  const { headers } = await call({
    operation: 'UploadPart',
    method: 'PUT',
    key,
    query: { partNumber: String(partNumber), uploadId },
    body: bytes,
    signal,
  })
  checkChecksum(headers.get('x-oss-hash-crc64ecma'), String(sum))
  const etag = (headers.get('etag') ?? '').replaceAll('"', '')
  return { partNumber, etag, crc64: sum, size: bytes.length }
}

/** A stream's end is not known: its parts grow no more than OSS's count of parts allows at the wished size. */
export function choosePartSize(size: number | undefined, wish: number | undefined): number {
  if (size === undefined) return Math.max(wish ?? DEFAULT_PART_BYTES, MIN_PART_BYTES)
  return planParts(Math.max(1, size), wish === undefined ? {} : { partSize: wish }).partSize
}

function combine(parts: readonly SentPart[]): bigint {
  return parts.reduce((sum, part) => crc64Combine(sum, part.crc64, part.size), 0n)
}

/** Sends what OSS does not have yet; what it has is compared with the source. In the order of their numbers. */
export async function sendParts(
  call: CallOss,
  target: { key: string; uploadId: string; partSize: number },
  source: PartSource,
  stored: readonly ListedPart[],
  options: MultipartOptions,
): Promise<SentPart[]> {
  const { key, uploadId, partSize } = target
  const known = new Map(stored.map((part) => [part.partNumber, part]))
  const sent: SentPart[] = []
  let loaded = 0
  await inParallel(source.parts(partSize), options.concurrency ?? CONCURRENCY, async (part) => {
    const { partNumber, bytes } = part
    if (partNumber > MAX_PARTS) {
      throw new OssError(
        'OPTION_INVALID',
        `The stream has more than ${MAX_PARTS} parts of ${partSize} bytes: give a larger partSize.`,
      )
    }
    const sum = crc64(bytes)
    const had = known.get(partNumber)
    const isThere = had?.size === bytes.length && had.crc64 === String(sum)
    sent.push(
      isThere
        ? { partNumber, etag: had.etag, crc64: sum, size: bytes.length }
        : await sendPart(call, key, uploadId, part, sum, options.signal),
    )
    loaded += bytes.length
    options.onProgress?.({ loaded, total: source.size })
  })
  return sent.sort((a, b) => a.partNumber - b.partNumber)
}

function buildCompleteXml(parts: readonly UploadedPart[]): string {
  const list = parts.map(
    ({ partNumber, etag }) =>
      `<Part><PartNumber>${partNumber}</PartNumber><ETag>"${etag}"</ETag></Part>`,
  )
  return `<CompleteMultipartUpload>${list.join('')}</CompleteMultipartUpload>`
}

/** OSS forgets an upload that it has completed: when the response was lost, the object itself tells. */
async function findLostObject(
  call: CallOss,
  key: string,
  expected: string,
): Promise<StoredResult | undefined> {
  const response = await call({ operation: 'HeadObject', method: 'HEAD', key }).catch(
    () => undefined,
  )
  if (response?.headers.get('x-oss-hash-crc64ecma') !== expected) return undefined
  const facts = readStored(response, { key, crc64: expected, etag: '', hasCallback: false })
  return { ...facts, kind: 'response-lost' }
}

/**
 * @param expected decimal CRC-64 of the whole; without it only OSS's own is known
 * @throws {OssError} `CHECKSUM_MISMATCH` after the object was stored
 */
export async function complete(
  call: CallOss,
  { key, uploadId }: { key: string; uploadId: string },
  parts: readonly UploadedPart[],
  options: PutOptions,
  expected?: string,
): Promise<StoredResult> {
  const hasCallback = options.callback !== undefined
  try {
    const response = await call({
      operation: 'CompleteMultipartUpload',
      method: 'POST',
      key,
      query: { uploadId },
      headers: {
        'content-type': 'application/xml',
        ...(options.forbidOverwrite && { 'x-oss-forbid-overwrite': 'true' }),
        ...buildCallbackHeaders(options),
      },
      body: buildCompleteXml(parts),
      signal: options.signal,
    })
    const crc64 = expected ?? response.headers.get('x-oss-hash-crc64ecma') ?? ''
    return readStored(response, { key, crc64, etag: '', hasCallback })
  } catch (error) {
    const isGone = error instanceof OssError && error.remoteCode === 'NoSuchUpload'
    const isUnknown = error instanceof OssError && error.code === 'OSS_UNREACHABLE'
    const lost =
      expected !== undefined && (isGone || isUnknown)
        ? await findLostObject(call, key, expected)
        : undefined
    if (lost) return lost
    throw error
  }
}

/** @throws {OssError} */
export async function finish(
  call: CallOss,
  target: { key: string; uploadId: string },
  parts: readonly SentPart[],
  source: PartSource,
  options: PutOptions,
): Promise<StoredResult> {
  await source.check?.()
  return complete(call, target, parts, options, String(combine(parts)))
}
