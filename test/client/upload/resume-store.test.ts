import { describe, expect, it } from 'vitest'
import type { ResumeStore, UploadOptions } from '../../../client/options.ts'
import { buildFingerprint, createResumeRecord } from '../../../client/upload/resume-store.ts'
import { createFile } from '../../support/browser-page.ts'
import { createFakeStore } from '../../support/fake-transport.ts'

const options: UploadOptions = { endpoint: 'https://service.test', profile: 'any' }
const facts = { id: 'i', key: 'k', session: 's', partSize: 10, partCount: 3 }
const file = createFile(25)

function createAsyncStore(): ResumeStore {
  const store = createFakeStore()
  return {
    getItem: async (key) => store.getItem(key),
    setItem: async (key, value) => store.setItem(key, value),
    removeItem: async (key) => store.removeItem(key),
  }
}

describe.each([
  ['localStorage', () => undefined],
  ['memory', createFakeStore],
  ['an asynchronous store', createAsyncStore],
])('the record in %s', (_, createStore) => {
  it('finds what was saved, and nothing once it is forgotten', async () => {
    const storage = createStore()
    const record = createResumeRecord(file, storage ? { ...options, storage } : options)
    expect(await record.find()).toBeUndefined()
    await record.save({ ...facts, size: 25 })
    expect(await record.find()).toMatchObject({ ...facts, size: 25 })
    expect(await createResumeRecord(createFile(25, 'other'), options).find()).toBeUndefined()
    await record.save()
    expect(await record.find()).toBeUndefined()
  })

  it('has the speed of all files', async () => {
    const storage = createStore()
    const both = storage ? { ...options, storage } : options
    await createResumeRecord(file, both).saveSpeed(1234.5)
    expect(await createResumeRecord(createFile(1), both).readSpeed()).toBeGreaterThan(1233)
  })
})

describe('a record', () => {
  it('never holds a URL or anything else of the ticket', async () => {
    const storage = createFakeStore()
    const ticket = { ...facts, parts: [{ partNumber: 1, url: 'https://PLANTED' }], complete: {} }
    await createResumeRecord(file, { ...options, storage }).save({ ...ticket, size: 25 })
    expect([...storage.items.values()].join()).not.toMatch(/PLANTED|complete/)
  })

  it('is that of another upload when the size is another', async () => {
    const record = createResumeRecord(file, { ...options, storage: createFakeStore() })
    await record.save({ ...facts, size: 7 })
    expect(await record.find(25)).toBeUndefined()
    expect(await record.find(7)).toMatchObject(facts)
    // Before a transform the size is not known.
    expect(await record.find()).toMatchObject(facts)
  })

  it('is empty and silent where there is none', async () => {
    const record = createResumeRecord(file, { ...options, storage: null })
    await record.save({ ...facts, size: 25 })
    expect(await record.find()).toBeUndefined()
    expect(await record.readSpeed()).toBe(0)
  })

  it('does not break an upload when it is broken itself', async () => {
    const fail = () => {
      throw new DOMException('full', 'QuotaExceededError')
    }
    const storage = { getItem: fail, setItem: fail, removeItem: fail }
    const record = createResumeRecord(file, { ...options, storage })
    await record.save({ ...facts, size: 25 })
    expect(await record.find()).toBeUndefined()
  })

  it.each(['', '{', '[]', '{"size":24}', 'null'])(
    'takes nothing from the record %s',
    async (text) => {
      const storage = { ...createFakeStore(), getItem: () => text }
      expect(await createResumeRecord(file, { ...options, storage }).find()).toBeUndefined()
    },
  )
})

describe('a fingerprint', () => {
  it('is the same for the same file chosen twice', () => {
    expect(buildFingerprint(createFile(25), options)).toBe(buildFingerprint(file, options))
  })

  it.each([
    ['name', createFile(25, 'b'), options],
    ['size', createFile(26), options],
    ['type', createFile(25, 'file.bin', 'a/b'), options],
    ['time', new File([new Uint8Array(25)], 'file.bin', { lastModified: 1 }), options],
    ['profile', file, { ...options, profile: 'other' }],
    ['endpoint', file, { ...options, endpoint: 'https://other.test' }],
    ['vars', file, { ...options, vars: { album: 'x' } }],
  ])('differs by %s', (_, other, more) => {
    expect(buildFingerprint(other, more)).not.toBe(buildFingerprint(file, options))
  })

  it('is not made up for a Blob: nothing tells it from another', () => {
    expect(buildFingerprint(new Blob(['x']), options)).toBeUndefined()
  })
})
