/**
 * The service's own signed calls to OSS: Initiate, ListParts, Abort, HEAD, and the listings of the sweep. Metadata only,
 * one fetch each.
 * Over 200 lines: each call is short, and all share one way to sign, to limit and to report errors.
 *
 * @see https://www.alibabacloud.com/help/en/oss/developer-reference/multipart-upload-operations
 */
import type { Address } from '../protocol/address.ts'
import { type OssRequest, signRequest } from '../protocol/sign-v4.ts'
import {
  type ListedObject,
  type ListedUpload,
  parseInitiateResult,
  parseListObjectsResult,
  parseListPartsResult,
  parseListUploadsResult,
} from '../protocol/xml.ts'
import type { CredentialsSource } from '../signer/credentials.ts'
import { FACTS_HEADER } from '../signer/object-facts.ts'
import { ID_HEADER } from '../signer/object-headers.ts'
import { readText } from '../signer/read-text.ts'
import type { StoredPart } from '../signer/ticket.ts'
import type { ListPage } from './delivery/sweep.ts'
import { ServiceError } from './errors.ts'
import { toOssError } from './oss-error.ts'
import { passThrough, type Tracing } from './tracing.ts'

/** What HEAD tells of an object. */
export interface StoredObject {
  /** bytes */
  size: number
  type: string
  /** Without quotes. */
  etag: string
  /** Decimal; empty when OSS does not tell. */
  crc64: string
  /** Base64; empty for objects made of parts. */
  contentMd5: string
  /** The upload that stored it, when it was one of ours. */
  uploadedAs: string
  /** Encrypted facts of the upload, see object-facts.ts; empty when there are none. */
  facts: string
  /** Empty in buckets without versioning. */
  versionId: string
}

export interface OssClient {
  /** @returns the upload id */
  initiate(key: string, headers: Record<string, string>): Promise<string>
  /** All parts that are stored, by number. */
  listParts(key: string, uploadId: string): Promise<StoredPart[]>
  /** An upload that is gone already counts as aborted. */
  abort(key: string, uploadId: string): Promise<void>
  /** @param timeoutMs @default 10 000 */
  head(key: string, timeoutMs?: number): Promise<StoredObject>
  /** Objects in the order of their keys. @param after `next` of the page before. @param limit @default 1 000 */
  listObjects(prefix: string, after?: string, limit?: number): Promise<ListPage<ListedObject>>
  /** Up to 1 000 unfinished multipart uploads. @param after `next` of the page before */
  listUploads(prefix: string, after?: string): Promise<ListPage<ListedUpload>>
}

export interface OssClientOptions extends Omit<Address, 'key'> {
  credentials: CredentialsSource
  fetch: typeof fetch
  now: () => Date
  tracing?: Tracing | undefined
}

const TIMEOUT_MS = 10_000
/** Bytes; 1 000 listed parts are about 250 000. */
const MAX_RESPONSE_BYTES = 1024 * 1024
/** 10 000 parts, 1 000 a page. */
const MAX_PAGES = 10

export function createOssClient({
  credentials,
  fetch: fetcher,
  now,
  tracing = passThrough,
  ...address
}: OssClientOptions): OssClient {
  type Call = Parameters<typeof send>

  function call(...given: Call): ReturnType<typeof send> {
    const attributes = { 'http.request.method': given[1].method }
    return tracing.run(`OSS ${given[0]}`, { kind: 'client', attributes }, () => send(...given))
  }

  async function send(
    operation: string,
    request: Pick<OssRequest, 'method' | 'key' | 'query' | 'headers'>,
    timeoutMs = TIMEOUT_MS,
  ): Promise<{ response: Response; body: string }> {
    const at = now()
    const current = await credentials.current(at)
    const signed = signRequest({ ...address, ...request }, { credentials: current, now: at })
    let response: Response
    let body: string
    try {
      response = await fetcher(signed.url, {
        method: signed.method,
        headers: signed.headers,
        redirect: 'manual',
        signal: AbortSignal.timeout(timeoutMs),
      })
      body = signed.method === 'HEAD' ? '' : await readText(response, MAX_RESPONSE_BYTES)
    } catch (cause) {
      throw new ServiceError(
        'OSS_UNREACHABLE',
        `OSS did not respond to ${operation} of the service in time or at all; try again shortly.`,
        { cause },
      )
    }
    if (!response.ok) throw toOssError(operation, response, body)
    return { response, body }
  }

  return {
    async initiate(key, headers) {
      const request = { method: 'POST', key, query: { uploads: '' }, headers }
      const { body } = await call('InitiateMultipartUpload', request)
      return parseInitiateResult(body).uploadId
    },

    async listParts(key, uploadId) {
      const stored: StoredPart[] = []
      let marker = 0
      for (let page = 0; page < MAX_PAGES; page += 1) {
        const query = { uploadId, 'max-parts': '1000', 'part-number-marker': String(marker) }
        const { body } = await call('ListParts', { method: 'GET', key, query })
        const { parts, isTruncated, nextPartNumberMarker } = parseListPartsResult(body)
        stored.push(...parts)
        if (!isTruncated || nextPartNumberMarker <= marker) break
        marker = nextPartNumberMarker
      }
      return stored
    },

    async abort(key, uploadId) {
      const request = { method: 'DELETE', key, query: { uploadId } }
      await call('AbortMultipartUpload', request).catch((error: unknown) => {
        if (error instanceof ServiceError && error.code === 'UPLOAD_GONE') return
        throw error
      })
    },

    async head(key, timeoutMs) {
      const { response } = await call('HeadObject', { method: 'HEAD', key }, timeoutMs)
      const text = (name: string): string => response.headers.get(name) ?? ''
      return {
        size: Number(text('content-length') || Number.NaN),
        type: text('content-type'),
        etag: text('etag').replaceAll('"', ''),
        crc64: text('x-oss-hash-crc64ecma'),
        contentMd5: text('content-md5'),
        uploadedAs: text(ID_HEADER),
        facts: text(FACTS_HEADER),
        versionId: text('x-oss-version-id'),
      }
    },

    async listObjects(prefix, after, limit = 1000) {
      const query = {
        'list-type': '2',
        'max-keys': String(limit),
        'encoding-type': 'url',
        ...(prefix && { prefix }),
        ...(after !== undefined && { 'continuation-token': after }),
      }
      const { body } = await call('ListObjectsV2', { method: 'GET', query })
      const { objects, nextContinuationToken } = parseListObjectsResult(body)
      return { entries: objects, next: nextContinuationToken }
    },

    async listUploads(prefix, after) {
      const [keyMarker, uploadIdMarker] = JSON.parse(after ?? '[]') as string[]
      const query = {
        uploads: '',
        'max-uploads': '1000',
        'encoding-type': 'url',
        ...(prefix && { prefix }),
        ...(keyMarker && { 'key-marker': keyMarker }),
        ...(uploadIdMarker && { 'upload-id-marker': uploadIdMarker }),
      }
      const { body } = await call('ListMultipartUploads', { method: 'GET', query })
      const { uploads, next } = parseListUploadsResult(body)
      return {
        entries: uploads,
        next: next && JSON.stringify([next.keyMarker, next.uploadIdMarker]),
      }
    },
  }
}
