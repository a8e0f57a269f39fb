import { expect, it } from 'vitest'
import { readBucketOptions } from '../../../src/emulator/storage/bucket.ts'
import { createBucket } from '../../../src/emulator/storage/model.ts'
import { nameOf, restore } from '../../../src/emulator/storage/restore.ts'

it('records come back to their buckets and uploads; those of an unknown bucket do not', () => {
  const buckets = new Map([['aaa', createBucket(readBucketOptions('aaa'), new Date(0))]])
  const uploads = new Map()
  const key = 'a"b/中'
  restore(
    [
      [nameOf('part', 'U', 7), { blob: '2' }],
      [nameOf('object', 'aaa', key), { size: 1 }],
      [nameOf('object', 'zzz', key), { size: 2 }],
      [nameOf('version', 'aaa', key, 'V'), { versionId: 'V' }],
      [nameOf('cors', 'aaa'), { cors: [{ allowedOrigins: ['*'] }], vary: true }],
      [nameOf('upload', 'U'), { key: 'k' }],
      [
        nameOf('bucket', 'new'),
        { name: 'new', acl: 'private', createdAt: '2030-01-02T03:04:05.000Z' },
      ],
      [nameOf('acl', 'new'), 'public-read'],
      [nameOf('part', 'gone', 1), { blob: '3' }],
    ],
    buckets,
    uploads,
  )
  const bucket = buckets.get('aaa')
  // Records of an earlier program have no tags.
  expect(bucket?.objects.get(key)).toEqual({ size: 1, tags: [] })
  expect(buckets.get('new')).toMatchObject({
    acl: 'public-read',
    createdAt: '2030-01-02T03:04:05.000Z',
  })
  expect(uploads.get('U')).toMatchObject({ sequential: false, settings: { tags: [] } })
  expect(bucket?.versions.get(key)).toEqual([{ versionId: 'V' }])
  expect(bucket?.cors).toEqual([{ allowedOrigins: ['*'] }])
  expect(bucket?.corsVary).toBe(true)
  expect([...uploads.keys()]).toEqual(['U'])
  expect(uploads.get('U').parts).toEqual(new Map([[7, { blob: '2' }]]))
})
