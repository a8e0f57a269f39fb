/**
 * The source of CopyObject and UploadPartCopy: `x-oss-copy-source` and its conditions.
 *
 * @see https://www.alibabacloud.com/help/en/oss/developer-reference/copyobject
 */
import { checkPermission } from '../auth/permissions.ts'
import { invalidArgument, OssError } from '../http/errors.ts'
import { decodePercent, parseQuery } from '../http/target.ts'
import type { Bucket, StoredObject } from '../storage/model.ts'
import { checkConditions } from './conditions.ts'
import type { OperationContext } from './context.ts'
import { findObject, followSymlink } from './find-object.ts'

const HEADER = 'x-oss-copy-source'

export interface CopySource {
  bucket: Bucket
  key: string
  object: StoredObject
}

/**
 * @throws {OssError} `InvalidArgument`, `NoSuchBucket`, `NoSuchKey`, `AccessDenied`, and what its conditions throw
 */
export function findCopySource(call: OperationContext): CopySource {
  const { emulator, request, caller } = call
  const text = request.headers[HEADER] ?? ''
  const [path = '', queryText = ''] = text.split(/\?(.*)/s)
  const [, name = '', rawKey = ''] = /^\/?([^/]+)\/(.+)$/s.exec(path) ?? []
  const key = decodePercent(rawKey)
  if (!key)
    throw invalidArgument('Copy Source must mention the source bucket and key.', HEADER, text)
  const bucket = emulator.catalog.bucket(decodePercent(name) ?? '')
  if (!bucket) {
    throw new OssError('NoSuchBucket', 'The specified bucket does not exist.', {
      ec: '0015-00000101',
      extras: { BucketName: name },
    })
  }
  const query = parseQuery(queryText)
  checkPermission(caller, 'GetObject', bucket, key)
  const found = findObject({ ...call, bucket, key, query })
  checkConditions(found, request.headers, `${HEADER}-`)
  return { bucket, key, object: followSymlink(bucket, found) }
}

/** Headers of the reply about the source. */
export function buildSourceHeaders({ object }: CopySource): Record<string, string> {
  const { versionId } = object
  return versionId === undefined ? {} : { 'x-oss-copy-source-version-id': versionId }
}
