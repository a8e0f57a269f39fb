import { describe, expect, it } from 'vitest'
import { readBucketOptions } from '../../../src/emulator/storage/bucket.ts'
import { createBucket, type StoredObject } from '../../../src/emulator/storage/model.ts'
import {
  addVersion,
  findDeleteMarker,
  findVersion,
  readVersionId,
  removeVersion,
} from '../../../src/emulator/storage/versions.ts'

const object = (versionId?: string): StoredObject => ({
  kind: 'Normal',
  contentType: 'a/b',
  headers: {},
  acl: 'default',
  storageClass: 'Standard',
  tags: [],
  size: 1,
  etag: 'E',
  crc64: '0',
  lastModified: '2030-01-02T03:04:05.000Z',
  blobs: [],
  ...(versionId !== undefined && { versionId }),
})
const marker = { kind: 'DeleteMarker', versionId: 'M', lastModified: '' } as const

function setUp(current: StoredObject | undefined, ...previous: Parameters<typeof addVersion>[2][]) {
  const bucket = createBucket(readBucketOptions({ name: 'aaa', versioning: true }), new Date(0))
  if (current) bucket.objects.set('k', current)
  for (const version of previous) addVersion(bucket, 'k', version)
  return bucket
}

describe('versions', () => {
  it('are found by id, the current one too; without an id it is null', () => {
    const bucket = setUp(object('2'), object('1'), object())
    expect(findVersion(bucket, 'k', '2')).toBe(bucket.objects.get('k'))
    expect(findVersion(bucket, 'k', '1')).toMatchObject({ versionId: '1' })
    expect(readVersionId(findVersion(bucket, 'k', 'null') ?? object('x'))).toBe('null')
    expect(findVersion(bucket, 'k', '3')).toBeUndefined()
    expect(findVersion(bucket, 'other', '1')).toBeUndefined()
  })

  it('are hidden by a delete marker at the end, until it is removed', () => {
    const bucket = setUp(undefined, object('1'), marker)
    expect(findDeleteMarker(bucket, 'k')).toBe(marker)
    expect(removeVersion(bucket, 'k', 'M').promoted).toMatchObject({ versionId: '1' })
    expect(bucket.objects.get('k')).toMatchObject({ versionId: '1' })
    expect(findDeleteMarker(bucket, 'k')).toBeUndefined()
  })

  it('make way for the version before, but not past a delete marker', () => {
    const bucket = setUp(object('2'), object('1'), marker)
    expect(removeVersion(bucket, 'k', '2')).toMatchObject({ promoted: undefined })
    expect(bucket.objects.has('k')).toBe(false)
    expect(findDeleteMarker(bucket, 'k')).toBe(marker)
    expect(removeVersion(bucket, 'k', '2').removed).toBeUndefined()
  })

  it('that are removed from the past leave the current one alone', () => {
    const bucket = setUp(object('2'), object('1'))
    removeVersion(bucket, 'k', '1')
    expect(bucket.objects.get('k')).toMatchObject({ versionId: '2' })
    expect(findVersion(bucket, 'k', '1')).toBeUndefined()
  })
})
