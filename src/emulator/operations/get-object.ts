/**
 * GetObject, HeadObject, GetObjectMeta, DeleteObject.
 *
 * @see https://www.alibabacloud.com/help/en/oss/developer-reference/getobject
 */
import { OssError } from '../http/errors.ts'
import { compressReply, wantsGzip } from '../http/gzip.ts'
import type { EmulatorReply } from '../http/message.ts'
import { limitTraffic } from '../http/traffic-limit.ts'
import type { StoredObject } from '../storage/model.ts'
import { readStoredBytes } from '../storage/stored-bytes.ts'
import { checkConditions } from './conditions.ts'
import { type OperationContext, readBitsPerSecond } from './context.ts'
import { deleteKey } from './delete-key.ts'
import { buildMarkerHeaders, findObject, followSymlink } from './find-object.ts'
import { processImage } from './process-image.ts'

/** @param found the object itself, or a symbolic link to it with metadata of its own */
function buildHeaders(object: StoredObject, found: StoredObject): Record<string, string> {
  return {
    'content-type': object.contentType,
    ...found.headers,
    'accept-ranges': 'bytes',
    etag: `"${object.etag}"`,
    'last-modified': new Date(object.lastModified).toUTCString(),
    'x-oss-object-type': found.kind,
    'x-oss-hash-crc64ecma': object.crc64,
    'x-oss-storage-class': object.storageClass,
    ...(object.contentMd5 !== undefined && { 'content-md5': object.contentMd5 }),
    ...(object.versionId !== undefined && { 'x-oss-version-id': object.versionId }),
    ...(object.tags.length > 0 && { 'x-oss-tagging-count': String(object.tags.length) }),
    ...(object.kind === 'Appendable' && { 'x-oss-next-append-position': String(object.size) }),
  }
}

/**
 * GetObjectMeta: the few facts that need no metadata.
 *
 * @see https://www.alibabacloud.com/help/en/oss/developer-reference/getobjectmeta
 */
export async function getObjectMeta(call: OperationContext): Promise<EmulatorReply> {
  const object = findObject(call)
  const headers = {
    etag: `"${object.etag}"`,
    'last-modified': new Date(object.lastModified).toUTCString(),
    'content-length': String(object.size),
    'x-oss-hash-crc64ecma': object.crc64,
    ...(object.versionId !== undefined && { 'x-oss-version-id': object.versionId }),
  }
  return { status: 200, headers }
}

type Range = { start: number; end: number }

/**
 * `bytes=a-b`, `a-`, `-n`. A range that cannot be satisfied is ignored, or refused when the client asks for the
 * standard behaviour.
 *
 * @throws {OssError} `InvalidRange` only with `x-oss-range-behavior: standard`
 */
function readRange(size: number, headers: Record<string, string>): Range | undefined {
  if (headers.range === undefined) return
  const isStandard = headers['x-oss-range-behavior'] === 'standard'
  const [, first = '', last = ''] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(headers.range) ?? []
  if (first === '' && last === '') return
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first)
  const asked = first === '' || last === '' ? size : Number(last) + 1
  if (start < size && asked > start && (asked <= size || isStandard)) {
    return { start, end: Math.min(asked, size) }
  }
  if (!isStandard || (first !== '' && asked <= start && last !== '')) return
  throw new OssError('InvalidRange', 'The requested range cannot be satisfied.', {
    headers: { 'content-range': `bytes */${size}` },
  })
}

const OVERRIDES = [
  'content-type',
  'content-language',
  'expires',
  'cache-control',
  'content-disposition',
  'content-encoding',
]

function readOverrides({ query, caller }: OperationContext): Record<string, string> {
  const headers: Record<string, string> = {}
  for (const name of OVERRIDES) {
    const value = query.get(`response-${name}`)
    if (value === undefined) continue
    if (caller.kind === 'anonymous') {
      throw new OssError('InvalidRequest', 'Response headers can be set in signed requests only.')
    }
    // It was decoded from the query and may hold characters that a header cannot.
    headers[name] = value.replace(/[\r\n\0]/g, '')
  }
  return headers
}

export async function getObject(call: OperationContext): Promise<EmulatorReply> {
  const { emulator, bucket, request } = call
  const found = findObject(call)
  const object = followSymlink(bucket, found)
  checkConditions(object, request.headers)
  const process = call.query.get('x-oss-process')
  if (process !== undefined) return processImage(emulator, object, process)
  const range = readRange(object.size, request.headers)
  const headers = { ...buildHeaders(object, found), ...readOverrides(call) }
  const { start, end } = range ?? { start: 0, end: object.size }
  headers['content-length'] = String(end - start)
  if (range) headers['content-range'] = `bytes ${start}-${end - 1}/${object.size}`
  const status = range ? 206 : 200
  const bitsPerSecond = readBitsPerSecond(call)
  if (request.method === 'HEAD') return { status, headers }
  const stored = readStoredBytes(emulator.storage, object.blobs, start, end)
  const body = bitsPerSecond
    ? { ...stored, chunks: limitTraffic(stored.chunks, bitsPerSecond) }
    : stored
  const reply = { status, headers, body }
  return wantsGzip(request.headers, object, headers) ? compressReply(reply) : reply
}

/** @see https://www.alibabacloud.com/help/en/oss/developer-reference/deleteobject */
export async function deleteObject(call: OperationContext): Promise<EmulatorReply> {
  const versionId = call.query.get('versionId')
  const { marker } = await deleteKey(call, call.key, versionId)
  if (marker) return { status: 204, headers: buildMarkerHeaders(marker) }
  return { status: 204, headers: versionId ? { 'x-oss-version-id': versionId } : {} }
}
