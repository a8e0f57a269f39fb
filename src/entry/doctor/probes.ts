/** Requests that show whether the key has a permission, and change nothing, because what they name does not exist. */
import { toUtf8 } from '../../protocol/bytes.ts'
import { type Text, text } from './finding.ts'
import type { OssCall, OssOutcome } from './oss-call.ts'

export type Verdict =
  | { kind: 'allowed' }
  | { kind: 'denied' }
  /** Neither can be said. */
  | { kind: 'unknown'; words: Text }

/** Upload ids of OSS have 32 characters; it never gives this one. */
const NO_UPLOAD_ID = '0'.repeat(32)

type Request = Parameters<OssCall>[0]

export interface Probe {
  request: Request
  /** Codes that OSS responds with after it has checked the permission. */
  proof: readonly string[]
}

const ofNoUpload = { partNumber: '1', uploadId: NO_UPLOAD_ID }
const goneUpload = ['NoSuchUpload']

/** By what they show; `key` is of no object. */
export const PROBES = {
  putObject: (key: string): Probe => ({
    request: { method: 'PUT', key, query: ofNoUpload, body: toUtf8('.') },
    proof: goneUpload,
  }),
  listParts: (key: string): Probe => ({
    request: { method: 'GET', key, query: { uploadId: NO_UPLOAD_ID } },
    proof: goneUpload,
  }),
  abort: (key: string): Probe => ({
    request: { method: 'DELETE', key, query: { uploadId: NO_UPLOAD_ID } },
    proof: goneUpload,
  }),
  head: (key: string): Probe => ({ request: { method: 'HEAD', key }, proof: ['NoSuchKey'] }),
  putObjectAcl: (key: string): Probe => ({
    request: {
      method: 'PUT',
      key,
      query: { acl: '' },
      headers: { 'x-oss-object-acl': 'private' },
    },
    proof: ['NoSuchKey'],
  }),
  listObjects: (prefix: string): Probe => ({
    request: {
      method: 'GET',
      query: { 'list-type': '2', 'max-keys': '1', ...(prefix && { prefix }) },
    },
    proof: [],
  }),
  listUploads: (prefix: string): Probe => ({
    request: {
      method: 'GET',
      query: { uploads: '', 'max-uploads': '1', ...(prefix && { prefix }) },
    },
    proof: [],
  }),
  /** No ACL has this name. */
  putBucketAcl: (): Probe => ({
    request: { method: 'PUT', query: { acl: '' }, headers: { 'x-oss-acl': 'upcall-doctor' } },
    proof: ['InvalidArgument'],
  }),
  /** No XML. */
  putBucketCors: (): Probe => ({
    request: { method: 'PUT', query: { cors: '' }, body: toUtf8('upcall-doctor') },
    proof: ['MalformedXML', 'InvalidArgument'],
  }),
} as const

function readVerdict(response: OssOutcome, { proof, request }: Probe): Verdict {
  if (response.kind === 'failed') return { kind: 'unknown', words: response.fault.words }
  const { status, code, isOss } = response
  if (isOss && (status < 300 || proof.includes(code))) return { kind: 'allowed' }
  // HEAD has no body, and old regions no header with the code.
  const isHead = request.method === 'HEAD'
  if (isOss && isHead && status === 404) return { kind: 'allowed' }
  if (isOss && status === 403 && (code === 'AccessDenied' || (isHead && code === '')))
    return { kind: 'denied' }
  const said = code === '' ? String(status) : `${status} ${code}`
  return { kind: 'unknown', words: text(`OSS responds ${said}`, `OSS 返回 ${said}`) }
}

export async function runProbe(call: OssCall, probe: Probe): Promise<Verdict> {
  return readVerdict(await call(probe.request), probe)
}
