import { describe, expect, it } from 'vitest'
import { parseQuery, parseTarget } from '../../../src/emulator/http/target.ts'
import {
  findOperation,
  findServiceOperation,
  HANDLERS,
} from '../../../src/emulator/operations/routes.ts'
import { catchOss } from '../emulator-with-client.ts'

const find = (method: string, key: string, query = '', headers: Record<string, string> = {}) =>
  findOperation(method, key, parseQuery(query), headers)

describe('operations', () => {
  it.each([
    ['PUT', 'k', '', 'PutObject'],
    ['POST', '', '', 'PostObject'],
    ['POST', 'k', 'uploads', 'InitiateMultipartUpload'],
    ['PUT', 'k', 'partNumber=1&uploadId=x', 'UploadPart'],
    ['PUT', 'k', 'partNumber=1', 'UploadPart'],
    ['POST', 'k', 'uploadId=x', 'CompleteMultipartUpload'],
    ['DELETE', 'k', 'uploadId=x', 'AbortMultipartUpload'],
    ['GET', 'k', 'uploadId=x', 'ListParts'],
    ['GET', '', 'uploads', 'ListMultipartUploads'],
    ['POST', '', 'delete', 'DeleteMultipleObjects'],
    ['DELETE', '', '', 'DeleteBucket'],
    ['GET', '', 'bucketInfo', 'GetBucketInfo'],
    ['GET', '', 'location', 'GetBucketLocation'],
    ['PUT', '', 'acl', 'PutBucketACL'],
    ['GET', 'k', 'acl&versionId=x', 'GetObjectACL'],
    ['PUT', 'k', 'tagging', 'PutObjectTagging'],
    ['DELETE', 'k', 'tagging', 'DeleteObjectTagging'],
    ['PUT', 'k', 'symlink', 'PutSymlink'],
    ['GET', 'k', 'symlink', 'GetSymlink'],
    ['POST', 'k', 'append&position=0', 'AppendObject'],
    ['GET', 'k', 'versionId=x', 'GetObject'],
    ['GET', '', '', 'ListObjects'],
    ['GET', '', 'list-type=2&prefix=a', 'ListObjectsV2'],
    ['GET', 'k', '', 'GetObject'],
    ['HEAD', 'k', 'objectMeta', 'GetObjectMeta'],
    ['DELETE', 'k', '', 'DeleteObject'],
    ['GET', 'k', 'x-oss-process=image/info', 'GetObject'],
    ['PUT', '', 'cors', 'PutBucketCors'],
    ['GET', '', 'cors', 'GetBucketCors'],
    ['DELETE', '', 'cors', 'DeleteBucketCors'],
  ])('%s key %j query %j is %s', (method, key, query, name) => {
    expect(find(method, key, query)).toBe(name)
    expect(HANDLERS).toHaveProperty(name)
  })

  it.each([
    ['PUT', '', 'lifecycle'],
    ['PUT', '', 'versioning'],
    ['GET', '', 'versions'],
    ['GET', '', 'stat'],
    ['POST', 'k', 'restore'],
    ['HEAD', 'k', 'x-oss-process=image/info'],
    ['POST', 'k', 'x-oss-process'],
    ['GET', '', 'x-oss-process=image/info'],
    ['PUT', '', 'tagging'],
    ['HEAD', '', ''],
  ])('%s key %j query %j is not there, and says so', (method, key, query) => {
    expect(catchOss(() => find(method, key, query))).toMatchObject({ code: 'NotImplemented' })
  })

  it('copies when there is a source', () => {
    const headers = { 'x-oss-copy-source': '/b/k' }
    expect(find('PUT', 'k', '', headers)).toBe('CopyObject')
    expect(find('PUT', 'k', 'partNumber=1&uploadId=x', headers)).toBe('UploadPartCopy')
  })

  it.each([
    ['GET', '/', 'ListBuckets'],
    ['PUT', '/', undefined],
    ['PUT', '/bucket', 'PutBucket'],
    ['PUT', '/bucket?cors', undefined],
    ['PUT', '/bucket?lifecycle', undefined],
    ['PUT', '/bucket/key', undefined],
    ['GET', '/bucket', undefined],
  ])('%s %s is %s, on no bucket or a new one', (method, target, operation) => {
    expect(findServiceOperation(method, parseTarget(target, '127.0.0.1', new Map()))).toBe(
      operation,
    )
  })

  it.each([
    ['PATCH', 'k', ''],
    ['POST', 'k', ''],
    ['PATCH', '', ''],
    ['POST', '', 'cors'],
    ['POST', 'k', 'tagging'],
    ['DELETE', 'k', 'acl'],
    ['HEAD', 'k', 'uploads'],
  ])('%s key %j query %j is not allowed', (method, key, query) => {
    expect(catchOss(() => find(method, key, query))).toMatchObject({
      code: 'MethodNotAllowed',
      status: 405,
    })
  })
})
