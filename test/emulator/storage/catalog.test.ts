import { describe, expect, it } from 'vitest'
import { readBucketOptions } from '../../../src/emulator/storage/bucket.ts'
import { createCatalog } from '../../../src/emulator/storage/catalog.ts'
import type { StoredObject, StoredUpload } from '../../../src/emulator/storage/model.ts'
import { createMemoryStorage, type RecordChange } from '../../../src/emulator/storage/storage.ts'

const object = (blob: string): StoredObject => ({
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
  blobs: [{ id: blob, size: 1 }],
})
const upload = (uploadId: string): StoredUpload => ({
  uploadId,
  bucket: 'aaa',
  key: 'k',
  initiated: '2030-01-02T03:04:05.000Z',
  forbidOverwrite: false,
  sequential: false,
  settings: object(''),
  parts: new Map(),
})
const part = (blob: string) => ({
  blob,
  size: 1,
  etag: 'E',
  contentMd5: '',
  crc64: '0',
  lastModified: '',
})

/** A storage that saves records as a disk does, and lists the blobs that were deleted. */
function createSavingStorage() {
  const records = new Map<string, unknown>()
  const deleted: string[] = []
  const kept: ReadonlySet<string>[] = []
  return {
    deleted,
    kept,
    storage: {
      ...createMemoryStorage(),
      deleteBlob: async (id: string) => void deleted.push(id),
      load: async () => [...records] as RecordChange[],
      keepOnly: async (ids: ReadonlySet<string>) => void kept.push(ids),
      async save(changes: RecordChange[]) {
        for (const [name, value] of changes) {
          if (value === undefined) records.delete(name)
          else records.set(name, JSON.parse(JSON.stringify(value)))
        }
      },
    },
  }
}

async function setUp() {
  const saving = createSavingStorage()
  const open = () =>
    createCatalog(['aaa', 'bbb'].map(readBucketOptions), saving.storage, new Date(0))
  const catalog = await open()
  const bucket = catalog.bucket('aaa')
  if (!bucket) throw new Error('no bucket')
  return { ...saving, open, catalog, bucket }
}

describe('the catalog', () => {
  it('deletes the bytes of what is replaced, deleted, sent again or aborted', async () => {
    const { catalog, bucket, deleted } = await setUp()
    await catalog.putObject(bucket, 'k', object('1'))
    await catalog.putObject(bucket, 'k', object('2'))
    await catalog.deleteObject(bucket, 'k')
    await catalog.deleteObject(bucket, 'k')
    const one = upload('U')
    await catalog.startUpload(one)
    await catalog.putPart(one, 1, part('3'))
    await catalog.putPart(one, 1, part('4'))
    await catalog.dropUpload(one)
    expect(deleted).toEqual(['1', '2', '3', '4'])
    expect(catalog.upload(bucket, 'k', 'U')).toBeUndefined()
  })

  it('keeps only the parts that the object uses', async () => {
    const { catalog, bucket, deleted } = await setUp()
    const one = upload('U')
    await catalog.startUpload(one)
    await catalog.putPart(one, 1, part('1'))
    await catalog.putPart(one, 2, part('2'))
    await catalog.putObject(bucket, 'k', object('0'))
    await catalog.completeUpload(one, bucket, object('2'))
    expect(deleted.sort()).toEqual(['0', '1'])
  })

  it('is the same after a restart, and names the blobs in use', async () => {
    const { catalog, bucket, open, kept } = await setUp()
    await catalog.putObject(bucket, 'a"b/中', object('1'))
    const one = upload('U')
    await catalog.startUpload(one)
    await catalog.putPart(one, 7, part('2'))
    await catalog.setCors(bucket, [{ allowedOrigins: ['*'], allowedMethods: ['PUT'] }], true)
    const again = await open()
    const found = again.bucket('aaa')
    expect(found?.objects.get('a"b/中')).toEqual(object('1'))
    expect(found?.corsVary).toBe(true)
    expect(found && again.upload(found, 'k', 'U')?.parts.get(7)).toEqual(part('2'))
    expect(kept.at(-1)).toEqual(new Set(['1', '2']))
    expect(again.bucket('ccc')).toBeUndefined()
  })
})
