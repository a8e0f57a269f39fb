/**
 * The operations of this OSS: which function serves each, and how method, path and query choose it.
 * The files imported here are the operations; the other files of this folder are pieces that operations share.
 *
 * @see https://www.alibabacloud.com/help/en/oss/developer-reference/list-of-operations-by-function
 */
import { notImplemented, OssError } from '../http/errors.ts'
import type { Query, Target } from '../http/target.ts'
import { getBucketAcl, getObjectAcl, putBucketAcl, putObjectAcl } from './acl.ts'
import { appendObject } from './append-object.ts'
import { deleteBucketCors, getBucketCors, putBucketCors } from './bucket-cors.ts'
import {
  getBucketLifecycle,
  getBucketPublicAccessBlock,
  getBucketVersioning,
} from './bucket-settings.ts'
import {
  deleteBucket,
  getBucketInfo,
  getBucketLocation,
  listBuckets,
  putBucket,
} from './buckets.ts'
import { completeUpload } from './complete-upload.ts'
import { copyObject, uploadPartCopy } from './copy-object.ts'
import { deleteObjects } from './delete-objects.ts'
import { deleteObject, getObject, getObjectMeta } from './get-object.ts'
import { listObjects, listObjectsV2 } from './list-objects.ts'
import { listParts, listUploads } from './list-parts.ts'
import { abortUpload, initiateUpload, uploadPart } from './multipart.ts'
import { postObject } from './post-object.ts'
import { putObject } from './put-object.ts'
import { getSymlink, putSymlink } from './symlink.ts'
import { deleteObjectTagging, getObjectTagging, putObjectTagging } from './tagging.ts'

export const HANDLERS = {
  PutObject: putObject,
  PostObject: postObject,
  AppendObject: appendObject,
  CopyObject: copyObject,
  InitiateMultipartUpload: initiateUpload,
  UploadPart: uploadPart,
  UploadPartCopy: uploadPartCopy,
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
  DeleteMultipleObjects: deleteObjects,
  PutSymlink: putSymlink,
  GetSymlink: getSymlink,
  PutObjectTagging: putObjectTagging,
  GetObjectTagging: getObjectTagging,
  DeleteObjectTagging: deleteObjectTagging,
  PutObjectACL: putObjectAcl,
  GetObjectACL: getObjectAcl,
  PutBucketACL: putBucketAcl,
  GetBucketACL: getBucketAcl,
  PutBucketCors: putBucketCors,
  GetBucketCors: getBucketCors,
  DeleteBucketCors: deleteBucketCors,
  GetBucketLifecycle: getBucketLifecycle,
  GetBucketVersioning: getBucketVersioning,
  GetBucketPublicAccessBlock: getBucketPublicAccessBlock,
  GetBucketInfo: getBucketInfo,
  GetBucketLocation: getBucketLocation,
  DeleteBucket: deleteBucket,
}

/** Operations on no bucket, or on a bucket that may not exist. */
export const SERVICE_HANDLERS = {
  ListBuckets: listBuckets,
  PutBucket: putBucket,
}

export type Operation = keyof typeof HANDLERS
export type ServiceOperation = keyof typeof SERVICE_HANDLERS

/** Undefined when the request is one for a bucket that must exist. */
export function findServiceOperation(
  method: string,
  { bucket, key, query }: Target,
): ServiceOperation | undefined {
  if (bucket === undefined) return method === 'GET' ? 'ListBuckets' : undefined
  const isPutBucket =
    method === 'PUT' && key === '' && !query.pairs.some(([name]) => isSubResource(name))
  return isPutBucket ? 'PutBucket' : undefined
}

/** Sub-resources of a bucket → method → operation. */
const OF_BUCKETS: Record<string, Partial<Record<string, Operation>>> = {
  acl: { PUT: 'PutBucketACL', GET: 'GetBucketACL' },
  bucketInfo: { GET: 'GetBucketInfo' },
  cors: { PUT: 'PutBucketCors', GET: 'GetBucketCors', DELETE: 'DeleteBucketCors' },
  delete: { POST: 'DeleteMultipleObjects' },
  lifecycle: { GET: 'GetBucketLifecycle' },
  location: { GET: 'GetBucketLocation' },
  publicAccessBlock: { GET: 'GetBucketPublicAccessBlock' },
  uploads: { GET: 'ListMultipartUploads' },
  versioning: { GET: 'GetBucketVersioning' },
}

/** Sub-resources of an object → method → operation. */
const OF_OBJECTS: Record<string, Partial<Record<string, Operation>>> = {
  acl: { PUT: 'PutObjectACL', GET: 'GetObjectACL' },
  append: { POST: 'AppendObject' },
  objectMeta: { HEAD: 'GetObjectMeta', GET: 'GetObject' },
  'x-oss-process': { GET: 'GetObject' },
  symlink: { PUT: 'PutSymlink', GET: 'GetSymlink' },
  tagging: {
    PUT: 'PutObjectTagging',
    GET: 'GetObjectTagging',
    DELETE: 'DeleteObjectTagging',
  },
  uploads: { POST: 'InitiateMultipartUpload' },
}

/** Settings of a bucket that come from the options alone. */
const READ_ONLY: ReadonlySet<string> = new Set(['lifecycle', 'publicAccessBlock', 'versioning'])

/** Sub-resources of operations that the emulator does not have. */
const OTHERS =
  /^(acl|append|asyncFetch|delete|encryption|inventory|lifecycle|link|live|location|logging|policy|qos|referer|replication|restore|stat|status|symlink|tagging|transferAcceleration|versioning|versions|vod|website|worm|bucketInfo|metaQuery|style|x-oss-process|x-oss-async-process|accessPoint|resourceGroup|publicAccessBlock)$/

const isSubResource = (name: string) => Object.hasOwn(OF_BUCKETS, name) || OTHERS.test(name)

/** @throws {OssError} `NotImplemented` for other operations of OSS, `MethodNotAllowed` */
export function findOperation(
  method: string,
  key: string,
  query: Query,
  headers: Record<string, string>,
): Operation {
  const table = key === '' ? OF_BUCKETS : OF_OBJECTS
  for (const [name] of query.pairs) {
    if (Object.hasOwn(table, name)) {
      const operation = table[name]?.[method]
      if (operation) return operation
      if (name === 'x-oss-process') throw notImplemented('Processing without GET')
      throw READ_ONLY.has(name) ? notImplemented(`Changing ${name}`) : notAllowed(method)
    }
    if (OTHERS.test(name)) throw notImplemented(`The sub-resource ${name}`)
  }
  return key === ''
    ? findBucketOperation(method, query)
    : findObjectOperation(method, query, headers)
}

function findBucketOperation(method: string, query: Query): Operation {
  if (method === 'GET') return query.get('list-type') === '2' ? 'ListObjectsV2' : 'ListObjects'
  if (method === 'POST') return 'PostObject'
  if (method === 'DELETE') return 'DeleteBucket'
  if (method === 'HEAD') throw notImplemented('HEAD of a bucket')
  throw notAllowed(method)
}

function findObjectOperation(
  method: string,
  query: Query,
  headers: Record<string, string>,
): Operation {
  const isUpload = query.has('uploadId')
  const isCopy = headers['x-oss-copy-source'] !== undefined
  switch (method) {
    case 'PUT':
      if (isUpload || query.has('partNumber')) return isCopy ? 'UploadPartCopy' : 'UploadPart'
      return isCopy ? 'CopyObject' : 'PutObject'
    case 'POST':
      if (isUpload) return 'CompleteMultipartUpload'
      throw notAllowed(method)
    case 'GET':
      return isUpload ? 'ListParts' : 'GetObject'
    case 'HEAD':
      return 'HeadObject'
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
