/**
 * The headers (or form fields) of an upload that become the object's own.
 *
 * @see https://www.alibabacloud.com/help/en/oss/developer-reference/putobject
 */
import { toUtf8 } from '../../protocol/bytes.ts'
import { invalidArgument, OssError } from '../http/errors.ts'
import { MAX_META_BYTES } from '../http/limits.ts'
import { readTrafficLimit } from '../http/traffic-limit.ts'
import type { ObjectSettings, StoredObject } from '../storage/model.ts'
import { readAcl } from './acl-names.ts'
import { parseTags } from './tags.ts'

const STORED_HEADERS = [
  'cache-control',
  'content-disposition',
  'content-encoding',
  'content-language',
  'expires',
]
const SSE = 'x-oss-server-side-encryption'
const SSE_KEY = 'x-oss-server-side-encryption-key-id'
const SSE_ALGORITHMS = ['AES256', 'SM4', 'KMS']
export const STORAGE_CLASSES = ['Standard', 'IA', 'Archive', 'ColdArchive', 'DeepColdArchive']

/**
 * @param fields lower-case names
 * @throws {OssError} `InvalidArgument` for an unknown ACL or storage class, bad names or over 8 KB of metadata,
 *   `InvalidTag`, `InvalidEncryptionAlgorithmError`
 */
export function readObjectSettings(
  fields: Record<string, string>,
  bucket: { storageClass: string },
): ObjectSettings {
  const headers: Record<string, string> = {}
  let metaBytes = 0
  for (const [name, value] of Object.entries(fields)) {
    if (STORED_HEADERS.includes(name)) headers[name] = value
    if (!name.startsWith('x-oss-meta-')) continue
    if (!/^x-oss-meta-[a-z0-9-]+$/.test(name)) {
      throw invalidArgument('A name of user metadata may have letters, digits and hyphens.', name)
    }
    metaBytes += toUtf8(name).length + toUtf8(value).length
    headers[name] = value
  }
  if (metaBytes > MAX_META_BYTES) {
    throw invalidArgument('The user metadata is longer than 8 KB.', 'x-oss-meta-*')
  }
  const acl = readAcl(fields['x-oss-object-acl'] ?? 'default')
  const storageClass = fields['x-oss-storage-class'] ?? bucket.storageClass
  if (!STORAGE_CLASSES.includes(storageClass)) {
    throw invalidArgument('The storage class is invalid.', 'x-oss-storage-class', storageClass)
  }
  readTrafficLimit(fields['x-oss-traffic-limit'])
  return {
    contentType: fields['content-type'] || 'application/octet-stream',
    headers: { ...headers, ...readEncryption(fields) },
    acl,
    storageClass,
    tags: parseTags(fields['x-oss-tagging'] ?? ''),
  }
}

/**
 * Nothing is encrypted and there is no KMS: the headers are returned as OSS returns them, and that is all.
 *
 * @throws {OssError} `InvalidEncryptionAlgorithmError`
 */
function readEncryption(fields: Record<string, string>): Record<string, string> {
  const { [SSE]: algorithm, [SSE_KEY]: keyId } = fields
  if (algorithm === undefined) return {}
  if (SSE_ALGORITHMS.includes(algorithm)) {
    return { [SSE]: algorithm, ...(algorithm === 'KMS' && keyId && { [SSE_KEY]: keyId }) }
  }
  throw new OssError(
    'InvalidEncryptionAlgorithmError',
    'The Encryption request you specified is not valid. Supported value: AES256/SM4/KMS.',
  )
}

/**
 * Ignored in a bucket with versioning.
 *
 * @throws {OssError} `InvalidArgument` for another value than `true` or `false`
 */
export function readForbidOverwrite(
  fields: Record<string, string>,
  { versioning }: { versioning: boolean },
): boolean {
  const text = fields['x-oss-forbid-overwrite']?.toLowerCase()
  if (text === undefined || text === 'false') return false
  if (text === 'true') return !versioning
  throw invalidArgument('It must be true or false.', 'x-oss-forbid-overwrite', text)
}

/** @throws {OssError} `FileAlreadyExists` */
export function checkOverwrite(forbidden: boolean, existing: StoredObject | undefined): void {
  if (!forbidden || !existing) return
  throw new OssError(
    'FileAlreadyExists',
    'The object you specified already exists and can not be overwritten.',
    { ec: '0026-00000002' },
  )
}

export function buildEncryptionHeaders({
  headers,
}: {
  headers?: Record<string, string>
}): Record<string, string> {
  const all = Object.entries(headers ?? {})
  return Object.fromEntries(all.filter(([name]) => name === SSE || name === SSE_KEY))
}

/** Headers about the bytes, in every reply to an upload. */
export function buildUploadHeaders(facts: {
  etag: string
  crc64: string
  contentMd5?: string
  versionId?: string
  headers?: Record<string, string>
}): Record<string, string> {
  return {
    etag: `"${facts.etag}"`,
    'x-oss-hash-crc64ecma': facts.crc64,
    ...(facts.contentMd5 !== undefined && { 'content-md5': facts.contentMd5 }),
    ...(facts.versionId !== undefined && { 'x-oss-version-id': facts.versionId }),
    ...buildEncryptionHeaders(facts),
  }
}
