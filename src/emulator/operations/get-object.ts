/**
 * GetObject, HeadObject, DeleteObject.
 *
 * @see https://www.alibabacloud.com/help/en/oss/developer-reference/getobject
 */
import { OssError } from '../http/errors.ts'
import type { EmulatorReply } from '../http/message.ts'
import type { StoredObject } from '../storage/model.ts'
import { readStoredBytes } from '../storage/stored-bytes.ts'
import {
  buildMarkerHeaders,
  createVersionId,
  findObject,
  type OperationContext,
} from './context.ts'

function buildHeaders(object: StoredObject): Record<string, string> {
  return {
    'content-type': object.contentType,
    ...object.headers,
    'accept-ranges': 'bytes',
    etag: `"${object.etag}"`,
    'last-modified': new Date(object.lastModified).toUTCString(),
    'x-oss-object-type': object.kind,
    'x-oss-hash-crc64ecma': object.crc64,
    'x-oss-storage-class': object.storageClass,
    ...(object.contentMd5 !== undefined && { 'content-md5': object.contentMd5 }),
    ...(object.versionId !== undefined && { 'x-oss-version-id': object.versionId }),
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

const etagList = (text: string) => text.split(',').map((tag) => tag.trim().replace(/^"|"$/g, ''))

/** @throws {OssError} `PreconditionFailed` (412) or `NotModified` (304) */
function checkConditions(object: StoredObject, headers: Record<string, string>): void {
  const modified = Math.floor(Date.parse(object.lastModified) / 1000) * 1000
  const matches = (name: string) =>
    headers[name] !== undefined &&
    etagList(headers[name] ?? '').some((tag) => tag === '*' || tag === object.etag)
  const time = (name: string) => Date.parse(headers[name] ?? '')
  const failed =
    headers['if-match'] !== undefined && !matches('if-match')
      ? 'If-Match'
      : modified > time('if-unmodified-since') && 'If-Unmodified-Since'
  if (failed) {
    const message = 'At least one of the pre-conditions you specified did not hold.'
    throw new OssError('PreconditionFailed', message, { extras: { Condition: failed } })
  }
  if (matches('if-none-match') || modified <= time('if-modified-since')) {
    throw new OssError('NotModified', '', { headers: { etag: `"${object.etag}"` } })
  }
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
  const { emulator, request } = call
  const object = findObject(call)
  checkConditions(object, request.headers)
  const range = readRange(object.size, request.headers)
  const headers = { ...buildHeaders(object), ...readOverrides(call) }
  const { start, end } = range ?? { start: 0, end: object.size }
  headers['content-length'] = String(end - start)
  if (range) headers['content-range'] = `bytes ${start}-${end - 1}/${object.size}`
  const status = range ? 206 : 200
  if (request.method === 'HEAD') return { status, headers }
  return { status, headers, body: readStoredBytes(emulator.storage, object.blobs, start, end) }
}

/** @see https://www.alibabacloud.com/help/en/oss/developer-reference/deleteobject */
export async function deleteObject(call: OperationContext): Promise<EmulatorReply> {
  const { emulator, bucket, key, query } = call
  const versionId = query.get('versionId')
  if (versionId) {
    const removed = await emulator.catalog.deleteVersion(bucket, key, versionId)
    const headers =
      removed?.kind === 'DeleteMarker'
        ? buildMarkerHeaders(removed)
        : { 'x-oss-version-id': versionId }
    return { status: 204, headers }
  }
  if (!bucket.versioning) {
    await emulator.catalog.deleteObject(bucket, key)
    return { status: 204, headers: {} }
  }
  const marker = {
    kind: 'DeleteMarker',
    versionId: createVersionId(),
    lastModified: emulator.now().toISOString(),
  } as const
  await emulator.catalog.deleteObject(bucket, key, marker)
  return { status: 204, headers: buildMarkerHeaders(marker) }
}
