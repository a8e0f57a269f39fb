import { describe, expect, it } from 'vitest'
import { parseQuery } from '../../../src/emulator/http/target.ts'
import { findOperation, HANDLERS } from '../../../src/emulator/operations/routes.ts'
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
    ['GET', '', '', 'ListObjects'],
    ['GET', '', 'list-type=2&prefix=a', 'ListObjectsV2'],
    ['GET', 'k', '', 'GetObject'],
    ['HEAD', 'k', 'objectMeta', 'GetObjectMeta'],
    ['DELETE', 'k', '', 'DeleteObject'],
    ['PUT', '', 'cors', 'PutBucketCors'],
    ['GET', '', 'cors', 'GetBucketCors'],
    ['DELETE', '', 'cors', 'DeleteBucketCors'],
  ])('%s key %j query %j is %s', (method, key, query, name) => {
    expect(find(method, key, query)).toBe(name)
    expect(HANDLERS).toHaveProperty(name)
  })

  it.each([
    ['PUT', 'k', 'acl', {}],
    ['PUT', 'k', 'tagging', {}],
    ['POST', 'k', 'append&position=0', {}],
    ['GET', 'k', 'x-oss-process=image/info', {}],
    ['PUT', 'k', '', { 'x-oss-copy-source': '/b/k' }],
    ['PUT', '', '', {}],
    ['DELETE', '', '', {}],
    ['POST', '', 'delete', {}],
  ])('%s key %j query %j is not there, and says so', (method, key, query, headers) => {
    const run = () => find(method, key, query, headers as Record<string, string>)
    expect(catchOss(run)).toMatchObject({ code: 'NotImplemented' })
  })

  it.each([
    ['PATCH', 'k', ''],
    ['POST', 'k', ''],
    ['PATCH', '', ''],
    ['POST', '', 'cors'],
  ])('%s key %j query %j is not allowed', (method, key, query) => {
    expect(catchOss(() => find(method, key, query))).toMatchObject({
      code: 'MethodNotAllowed',
      status: 405,
    })
  })
})
