import { expect, it } from 'vitest'
import { readAcl, readBucketAcl } from '../../../src/emulator/operations/acl-names.ts'
import { catchOss } from '../emulator-with-client.ts'

it('ACLs have three names, and objects a fourth', () => {
  for (const name of ['private', 'public-read', 'public-read-write']) {
    expect([readAcl(name), readBucketAcl(name)]).toEqual([name, name])
  }
  expect(readAcl('default')).toBe('default')
  for (const run of [
    () => readBucketAcl('default'),
    () => readBucketAcl(),
    () => readAcl('Private'),
  ]) {
    expect(catchOss(run)).toMatchObject({ code: 'InvalidArgument' })
  }
})
