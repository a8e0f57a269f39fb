import { expect, it } from 'vitest'
import { readBucketOptions } from '../../../src/emulator/storage/bucket.ts'
import { createBucket } from '../../../src/emulator/storage/model.ts'

it('a bucket begins empty, with maps of its own', () => {
  const [one, two] = ['aaa', 'bbb'].map((name) =>
    createBucket(readBucketOptions(name), new Date(0)),
  )
  expect(one).toMatchObject({ name: 'aaa', region: 'cn-hangzhou', corsVary: false })
  expect(one?.objects.size).toBe(0)
  expect(one?.objects).not.toBe(two?.objects)
})
