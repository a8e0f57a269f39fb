import { afterEach, describe, expect, it } from 'vitest'
import { createUnfinishedStore } from '../../../client/demo/unfinished.ts'

const MIB = 1024 * 1024
const file = new File([new Uint8Array(MIB)], '大文件.bin', { lastModified: 1 })

afterEach(() => localStorage.removeItem('upcall-demo'))

/** As the client does it. */
function record(store: ReturnType<typeof createUnfinishedStore>, one = file): string {
  const key = `upcall:${store.fingerprint(one, { profile: 'anything' })}`
  store.storage.setItem(key, '{"id":"1"}')
  return key
}

describe('the list of unfinished uploads', () => {
  it('is that of the client’s own records, with how much is sent', () => {
    const store = createUnfinishedStore('run')
    const key = record(store)
    store.setLoaded(file, 'anything', MIB / 2)
    const facts = { profile: 'anything', name: '大文件.bin', size: MIB, type: '', lastModified: 1 }
    expect(createUnfinishedStore('run').list()).toEqual([
      { key, file: facts, record: '{"id":"1"}', loaded: MIB / 2, startedAtMs: expect.any(Number) },
    ])
    expect(store.storage.getItem(key)).toBe('{"id":"1"}')
    expect(store.find(file, 'anything')?.key).toBe(key)
    expect(store.find(file, 'photo')).toBeUndefined()
    store.storage.removeItem(key)
    expect(store.list()).toEqual([])
  })

  it('is empty for another run of the dev server, and for what is not its own', () => {
    record(createUnfinishedStore('run'))
    expect(createUnfinishedStore('other').list()).toEqual([])
    localStorage.setItem('upcall-demo', 'not JSON')
    expect(createUnfinishedStore('run').list()).toEqual([])
  })

  it('is shared by tabs: none overwrites what another has recorded', () => {
    const [one, two] = [createUnfinishedStore('run'), createUnfinishedStore('run')]
    record(one)
    record(two, new File(['b'], 'b.bin'))
    expect(one.list().map((upload) => upload.file.name)).toEqual(['大文件.bin', 'b.bin'])
    one.forget(one.list()[0]?.key ?? '')
    expect(two.list().map((upload) => upload.file.name)).toEqual(['b.bin'])
  })

  it('keeps the newest twenty, and records nothing that is not a file', () => {
    const store = createUnfinishedStore('run')
    for (let at = 0; at < 25; at += 1) record(store, new File(['a'], `${at}.bin`))
    expect(store.list()).toHaveLength(20)
    expect(store.fingerprint(new Blob(['a']), { profile: 'anything' })).toBeUndefined()
    store.storage.setItem('upcall:speed', '1000')
    expect(store.list()).toHaveLength(20)
  })
})
