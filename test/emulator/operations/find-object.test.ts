import { describe, expect, it } from 'vitest'
import { parseQuery } from '../../../src/emulator/http/target.ts'
import type { OperationContext } from '../../../src/emulator/operations/context.ts'
import { findObject, followSymlink } from '../../../src/emulator/operations/find-object.ts'
import { readBucketOptions } from '../../../src/emulator/storage/bucket.ts'
import { createBucket, type StoredObject } from '../../../src/emulator/storage/model.ts'
import { addVersion } from '../../../src/emulator/storage/versions.ts'
import { catchOss } from '../emulator-with-client.ts'

const bucket = createBucket(readBucketOptions('aaa'), new Date(0))
const named = (etag: string, symlinkTarget?: string) =>
  ({
    kind: 'Normal',
    etag,
    versionId: etag,
    ...(symlinkTarget && { symlinkTarget }),
  }) as StoredObject
bucket.objects.set('a', named('2'))
addVersion(bucket, 'a', named('1'))
addVersion(bucket, 'gone', { kind: 'DeleteMarker', versionId: 'M', lastModified: '' })

const find = (key: string, query = '') =>
  findObject({
    bucket,
    key,
    query: parseQuery(query),
    request: { method: 'GET' },
  } as OperationContext)

describe('finding an object', () => {
  it('gives the current version, or the one that is asked for', () => {
    expect([find('a').etag, find('a', 'versionId=1').etag, find('a', 'versionId=').etag]).toEqual([
      '2',
      '1',
      '2',
    ])
  })

  it.each([
    ['none', '', 'NoSuchKey', undefined],
    ['gone', '', 'NoSuchKey', 'true'],
    ['gone', 'versionId=M', 'MethodNotAllowed', 'true'],
    ['a', 'versionId=3', 'NoSuchVersion', undefined],
  ])('%s with %j is %s', (key, query, code, marker) => {
    const error = catchOss(() => find(key, query))
    expect(error.code).toBe(code)
    expect(error.headers['x-oss-delete-marker']).toBe(marker)
  })

  it('follows a link once', () => {
    expect(followSymlink(bucket, named('l', 'a')).etag).toBe('2')
    expect(followSymlink(bucket, named('plain')).etag).toBe('plain')
    expect(catchOss(() => followSymlink(bucket, named('l', 'none'))).code).toBe(
      'SymlinkTargetNotExist',
    )
  })
})
