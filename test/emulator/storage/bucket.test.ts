import { expect, it } from 'vitest'
import { type BucketOptions, readBucketOptions } from '../../../src/emulator/storage/bucket.ts'

it('the options of a bucket have defaults, and a name stands for all of them', () => {
  const defaults: Required<BucketOptions> = {
    name: 'a',
    region: 'cn-hangzhou',
    cors: [],
    acl: 'private',
    storageClass: 'Standard',
    versioning: false,
    domains: [],
    lifecycle: [],
    blockPublicAccess: false,
  }
  expect(readBucketOptions('a')).toEqual(defaults)
  expect(readBucketOptions({ name: 'a', acl: 'public-read' })).toEqual({
    ...defaults,
    acl: 'public-read',
  })
})
