/**
 * What a caller may do: without a signature what the ACL allows, with a key what its session policy allows.
 *
 * @see https://www.alibabacloud.com/help/en/oss/user-guide/overview-54
 */
import { OssError } from '../http/errors.ts'
import type { Bucket } from '../storage/model.ts'
import { type Caller, checkSessionPolicy } from './access-keys.ts'

/** Operation → the RAM action that allows it. An operation that is not here needs a signature only. */
const ACTIONS: Record<string, string> = {
  PutObject: 'oss:PutObject',
  PostObject: 'oss:PutObject',
  InitiateMultipartUpload: 'oss:PutObject',
  UploadPart: 'oss:PutObject',
  CompleteMultipartUpload: 'oss:PutObject',
  AbortMultipartUpload: 'oss:AbortMultipartUpload',
  ListParts: 'oss:ListParts',
  ListMultipartUploads: 'oss:ListMultipartUploads',
  ListObjects: 'oss:ListObjects',
  ListObjectsV2: 'oss:ListObjects',
  GetObject: 'oss:GetObject',
  HeadObject: 'oss:GetObject',
  GetObjectMeta: 'oss:GetObject',
  GetSymlink: 'oss:GetObject',
  AppendObject: 'oss:PutObject',
  CopyObject: 'oss:PutObject',
  UploadPartCopy: 'oss:PutObject',
  PutSymlink: 'oss:PutObject',
  PutObjectTagging: 'oss:PutObjectTagging',
  GetObjectTagging: 'oss:GetObjectTagging',
  DeleteObjectTagging: 'oss:DeleteObjectTagging',
  PutObjectACL: 'oss:PutObjectAcl',
  GetObjectACL: 'oss:GetObjectAcl',
  PutBucketACL: 'oss:PutBucketAcl',
  GetBucketACL: 'oss:GetBucketAcl',
  GetBucketInfo: 'oss:GetBucketInfo',
  GetBucketLocation: 'oss:GetBucketLocation',
  DeleteBucket: 'oss:DeleteBucket',
  PutBucket: 'oss:PutBucket',
  ListBuckets: 'oss:ListBuckets',
  DeleteObject: 'oss:DeleteObject',
  PutBucketCors: 'oss:PutBucketCors',
  GetBucketCors: 'oss:GetBucketCors',
  DeleteBucketCors: 'oss:DeleteBucketCors',
  GetBucketLifecycle: 'oss:GetBucketLifecycle',
  GetBucketVersioning: 'oss:GetBucketVersioning',
  GetBucketPublicAccessBlock: 'oss:GetBucketPublicAccessBlock',
}

const READS = new Set([
  'GetObject',
  'HeadObject',
  'GetObjectMeta',
  'GetSymlink',
  'ListObjects',
  'ListObjectsV2',
])
const WRITES = new Set(['PutObject', 'PostObject', 'DeleteObject', 'AppendObject'])

/** For operations on no bucket, or on one that may not exist. @throws {OssError} `AccessDenied` */
export function checkServicePermission(
  caller: Caller,
  operation: string,
  bucketName: string | undefined,
): void {
  const action = ACTIONS[operation]
  if (caller.kind === 'anonymous' || !action) throw anonymousForbidden()
  checkSessionPolicy(caller.accessKey, action, bucketName ?? '*')
}

function anonymousForbidden(): OssError {
  return new OssError('AccessDenied', 'Anonymous access is forbidden for this operation.', {
    ec: '0003-00000905',
  })
}

/** @throws {OssError} `AccessDenied` */
export function checkPermission(
  caller: Caller,
  operation: string,
  bucket: Bucket,
  key: string,
): void {
  if (caller.kind === 'key') {
    const action = ACTIONS[operation]
    const path = key === '' ? bucket.name : `${bucket.name}/${key}`
    if (action) checkSessionPolicy(caller.accessKey, action, path)
    return
  }
  const own = bucket.objects.get(key)?.acl
  const acl = own === undefined || own === 'default' ? bucket.acl : own
  if (READS.has(operation)) {
    if (acl !== 'private') return
    throw new OssError(
      'AccessDenied',
      'You have no right to access this object because of bucket acl.',
      { ec: '0003-00000005' },
    )
  }
  if (!WRITES.has(operation)) {
    throw anonymousForbidden()
  }
  if (acl === 'public-read-write') return
  throw new OssError(
    'AccessDenied',
    'You have no right to access this object because of bucket acl.',
    { ec: '0003-00000001' },
  )
}
