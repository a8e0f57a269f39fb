/**
 * After the upload: a URL to read an object, its facts, its end, and the objects under a prefix.
 *
 * @see https://www.alibabacloud.com/help/en/oss/developer-reference/getobject
 */
import { buildDisposition } from '../protocol/disposition.ts'
import { type ListedObject, parseListObjectsResult } from '../protocol/xml.ts'
import type { CallOss } from './call.ts'
import { OssError, requireText } from './errors.ts'

export interface SignedUrlOptions {
  /** Seconds, 1 to 604 800; at most 43 200 with an STS token. @default 3600 (1 h) */
  expiresIn?: number | undefined
  /** Name under which browsers save the file; `true`: the last part of the key. @default they show what they can */
  download?: string | true | undefined
  /** Processing by OSS, e.g. `image/resize,w_400`, where the bucket has it. */
  process?: string | undefined
  /** @default 'GET' */
  method?: 'GET' | 'HEAD' | undefined
}

/** What HEAD tells of an object. */
export interface ObjectFacts {
  key: string
  /** bytes */
  size: number
  type: string
  /** Without quotes. */
  etag: string
  /** Decimal; empty when OSS does not tell. */
  crc64: string
  lastModified: Date
  /** In buckets with versioning. */
  versionId?: string
  /** Headers `x-oss-meta-…`, by what follows. */
  meta: Record<string, string>
}

export interface ListOptions {
  /** `next` of the page before. */
  after?: string | undefined
  /** 1 to 1 000. @default 1 000 */
  limit?: number | undefined
  signal?: AbortSignal | undefined
}

export interface ObjectPage {
  objects: ListedObject[]
  /** Absent on the last page. */
  next?: string
}

const MAX_KEYS = 1000
/** The query that asks OSS for what the options say. */
export function buildReadQuery(
  key: string,
  { download, process }: SignedUrlOptions,
): Record<string, string> {
  const name = download === true ? (key.split('/').at(-1) ?? key) : download
  return {
    ...(name !== undefined && { 'response-content-disposition': buildDisposition(name) }),
    ...(process !== undefined && { 'x-oss-process': process }),
  }
}

/** @throws {OssError} `OSS_REFUSED` with status 404 when there is none */
export async function headObject(
  call: CallOss,
  key: string,
  signal?: AbortSignal,
): Promise<ObjectFacts> {
  const { headers } = await call({ operation: 'HeadObject', method: 'HEAD', key, signal })
  const text = (name: string) => headers.get(name) ?? ''
  const versionId = headers.get('x-oss-version-id')
  const meta: Record<string, string> = {}
  for (const [name, value] of headers) {
    if (name.startsWith('x-oss-meta-')) meta[name.slice('x-oss-meta-'.length)] = value
  }
  return {
    key,
    size: Number(text('content-length')),
    type: text('content-type'),
    etag: text('etag').replaceAll('"', ''),
    crc64: text('x-oss-hash-crc64ecma'),
    lastModified: new Date(text('last-modified')),
    ...(versionId !== null && { versionId }),
    meta,
  }
}

/** An object that is not there counts as deleted, as OSS has it. */
export async function deleteObject(
  call: CallOss,
  key: string,
  signal?: AbortSignal,
): Promise<void> {
  await call({ operation: 'DeleteObject', method: 'DELETE', key, signal })
}

export async function listObjects(
  call: CallOss,
  prefix: string,
  { after, limit = MAX_KEYS, signal }: ListOptions,
): Promise<ObjectPage> {
  requireText('prefix', prefix)
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_KEYS) {
    throw new OssError('OPTION_INVALID', `limit must be 1 to ${MAX_KEYS}.`)
  }
  const query = {
    'list-type': '2',
    'max-keys': String(limit),
    // XML has no place for control characters.
    'encoding-type': 'url',
    ...(prefix && { prefix }),
    ...(after !== undefined && { 'continuation-token': after }),
  }
  const { text } = await call({ operation: 'ListObjectsV2', method: 'GET', query, signal })
  const { objects, nextContinuationToken } = parseListObjectsResult(text)
  return { objects, ...(nextContinuationToken !== undefined && { next: nextContinuationToken }) }
}
