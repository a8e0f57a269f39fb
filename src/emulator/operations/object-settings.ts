/**
 * The headers (or form fields) of an upload that become the object's own.
 *
 * @see https://www.alibabacloud.com/help/en/oss/developer-reference/putobject
 */
import { toUtf8 } from '../../protocol/bytes.ts'
import { invalidArgument, OssError } from '../http/errors.ts'
import {
  MAX_META_BYTES,
  MAX_TRAFFIC_BITS_PER_SECOND,
  MIN_TRAFFIC_BITS_PER_SECOND,
} from '../http/limits.ts'
import type { ObjectSettings, StoredObject } from '../storage/model.ts'

const STORED_HEADERS = ['cache-control', 'content-disposition', 'content-encoding', 'expires']
const ACLS = ['default', 'private', 'public-read', 'public-read-write'] as const
const STORAGE_CLASSES = ['Standard', 'IA', 'Archive', 'ColdArchive', 'DeepColdArchive']

/**
 * @param fields lower-case names
 * @throws {OssError} `InvalidArgument` for an unknown ACL or storage class, bad names or over 8 KB of metadata
 */
export function readObjectSettings(fields: Record<string, string>): ObjectSettings {
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
  const acl = ACLS.find((known) => known === (fields['x-oss-object-acl'] ?? 'default'))
  if (!acl) {
    throw invalidArgument('no such acl', 'x-oss-object-acl', fields['x-oss-object-acl'])
  }
  const storageClass = fields['x-oss-storage-class'] ?? 'Standard'
  if (!STORAGE_CLASSES.includes(storageClass)) {
    throw invalidArgument('The storage class is invalid.', 'x-oss-storage-class', storageClass)
  }
  checkTrafficLimit(fields['x-oss-traffic-limit'])
  return {
    contentType: fields['content-type'] || 'application/octet-stream',
    headers,
    acl,
    storageClass,
  }
}

/** The limit is validated but not enforced. */
function checkTrafficLimit(text: string | undefined): void {
  if (text === undefined) return
  const bits = /^\d{1,12}$/.test(text) ? Number(text) : 0
  const [min, max] = [MIN_TRAFFIC_BITS_PER_SECOND, MAX_TRAFFIC_BITS_PER_SECOND]
  if (bits >= min && bits <= max) return
  const message = `The traffic limit must be from ${min} to ${max} bit/s.`
  throw invalidArgument(message, 'x-oss-traffic-limit', text)
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

/** Headers about the bytes, in every reply to an upload. */
export function buildUploadHeaders(facts: {
  etag: string
  crc64: string
  contentMd5?: string
  versionId?: string
}): Record<string, string> {
  return {
    etag: `"${facts.etag}"`,
    'x-oss-hash-crc64ecma': facts.crc64,
    ...(facts.contentMd5 !== undefined && { 'content-md5': facts.contentMd5 }),
    ...(facts.versionId !== undefined && { 'x-oss-version-id': facts.versionId }),
  }
}
