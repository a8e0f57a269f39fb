/**
 * The operations of this OSS: which function serves each, and how method, path and query choose it.
 * The files imported here are the operations; the other files of this folder are pieces that operations share.
 *
 * @see https://www.alibabacloud.com/help/en/oss/developer-reference/list-of-operations-by-function
 */
import { notImplemented, OssError } from '../http/errors.ts'
import type { Query } from '../http/target.ts'
import { deleteBucketCors, getBucketCors, putBucketCors } from './bucket-cors.ts'
import { completeUpload } from './complete-upload.ts'
import { deleteObject, getObject, getObjectMeta } from './get-object.ts'
import { listObjects, listObjectsV2 } from './list-objects.ts'
import { listParts, listUploads } from './list-parts.ts'
import { abortUpload, initiateUpload, uploadPart } from './multipart.ts'
import { postObject } from './post-object.ts'
import { putObject } from './put-object.ts'

export const HANDLERS = {
  PutObject: putObject,
  PostObject: postObject,
  InitiateMultipartUpload: initiateUpload,
  UploadPart: uploadPart,
  CompleteMultipartUpload: completeUpload,
  AbortMultipartUpload: abortUpload,
  ListParts: listParts,
  ListMultipartUploads: listUploads,
  ListObjects: listObjects,
  ListObjectsV2: listObjectsV2,
  GetObject: getObject,
  HeadObject: getObject,
  GetObjectMeta: getObjectMeta,
  DeleteObject: deleteObject,
  PutBucketCors: putBucketCors,
  GetBucketCors: getBucketCors,
  DeleteBucketCors: deleteBucketCors,
}

export type Operation = keyof typeof HANDLERS

/** Sub-resources of operations that the emulator does not have. */
const OTHERS =
  /^(acl|append|asyncFetch|delete|encryption|inventory|lifecycle|link|live|location|logging|policy|qos|referer|replication|restore|stat|status|symlink|tagging|transferAcceleration|versioning|versions|vod|website|worm|bucketInfo|metaQuery|style|x-oss-process|x-oss-async-process|accessPoint|resourceGroup|publicAccessBlock)$/

/** @throws {OssError} `NotImplemented` for other operations of OSS, `MethodNotAllowed` */
export function findOperation(
  method: string,
  key: string,
  query: Query,
  headers: Record<string, string>,
): Operation {
  const other = query.pairs.find(([name]) => OTHERS.test(name))
  if (other) throw notImplemented(`The sub-resource ${other[0]}`)
  return key === ''
    ? findBucketOperation(method, query)
    : findObjectOperation(method, query, headers)
}

function findBucketOperation(method: string, query: Query): Operation {
  if (query.has('cors')) {
    if (method === 'PUT') return 'PutBucketCors'
    if (method === 'GET') return 'GetBucketCors'
    if (method === 'DELETE') return 'DeleteBucketCors'
    throw notAllowed(method)
  }
  if (method === 'GET' && query.has('uploads')) return 'ListMultipartUploads'
  if (method === 'POST') return 'PostObject'
  if (method === 'GET') return query.get('list-type') === '2' ? 'ListObjectsV2' : 'ListObjects'
  if (method === 'PUT') throw notImplemented('Creating buckets')
  if (method === 'DELETE') throw notImplemented('Deleting buckets')
  if (method === 'HEAD') throw notImplemented('HEAD of a bucket')
  throw notAllowed(method)
}

function findObjectOperation(
  method: string,
  query: Query,
  headers: Record<string, string>,
): Operation {
  const isUpload = query.has('uploadId')
  switch (method) {
    case 'PUT':
      if (headers['x-oss-copy-source'] !== undefined) throw notImplemented('Copying objects')
      return isUpload || query.has('partNumber') ? 'UploadPart' : 'PutObject'
    case 'POST':
      if (query.has('uploads')) return 'InitiateMultipartUpload'
      if (isUpload) return 'CompleteMultipartUpload'
      throw notAllowed(method)
    case 'GET':
      return isUpload ? 'ListParts' : 'GetObject'
    case 'HEAD':
      return query.has('objectMeta') ? 'GetObjectMeta' : 'HeadObject'
    case 'DELETE':
      return isUpload ? 'AbortMultipartUpload' : 'DeleteObject'
    default:
      throw notAllowed(method)
  }
}

function notAllowed(method: string): OssError {
  return new OssError(
    'MethodNotAllowed',
    'The specified method is not allowed against this resource.',
    { extras: { Method: method, ResourceType: 'Object' } },
  )
}
