import { expect, it } from 'vitest'
import type { OperationContext } from '../../../src/emulator/operations/context.ts'
import { deleteKey } from '../../../src/emulator/operations/delete-key.ts'
import { readBucketOptions } from '../../../src/emulator/storage/bucket.ts'
import { createCatalog } from '../../../src/emulator/storage/catalog.ts'
import { createMemoryStorage } from '../../../src/emulator/storage/storage.ts'
import { NOW } from '../emulator-with-client.ts'

it('a deletion leaves a marker in a bucket with versioning only, and may remove it', async () => {
  const options = [readBucketOptions('aaa'), readBucketOptions({ name: 'bbb', versioning: true })]
  const catalog = await createCatalog(options, createMemoryStorage(), NOW)
  const call = (name: string) =>
    ({ emulator: { catalog, now: () => NOW }, bucket: catalog.bucket(name) }) as OperationContext
  expect(await deleteKey(call('aaa'), 'k', undefined)).toEqual({ marker: undefined })
  const { marker } = await deleteKey(call('bbb'), 'k', undefined)
  expect(marker).toMatchObject({ kind: 'DeleteMarker', lastModified: NOW.toISOString() })
  expect(await deleteKey(call('bbb'), 'k', marker?.versionId)).toEqual({ marker })
  expect(await deleteKey(call('bbb'), 'k', marker?.versionId)).toEqual({ marker: undefined })
})
