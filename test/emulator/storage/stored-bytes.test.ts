import { describe, expect, it } from 'vitest'
import { createMemoryStorage } from '../../../src/emulator/storage/storage.ts'
import {
  createPinnableStorage,
  readStoredBytes,
} from '../../../src/emulator/storage/stored-bytes.ts'
import { writeBlob } from '../storage-contract.ts'

async function setUp() {
  const storage = createPinnableStorage(createMemoryStorage())
  const blobs = [
    { id: await writeBlob(storage, 'abc'), size: 3 },
    { id: await writeBlob(storage, ''), size: 0 },
    { id: await writeBlob(storage, 'defg'), size: 4 },
  ]
  const read = async (start: number, end: number) => {
    let text = ''
    for await (const chunk of readStoredBytes(storage, blobs, start, end).chunks) {
      text += new TextDecoder().decode(chunk)
    }
    return text
  }
  return { storage, blobs, read }
}

describe('bytes of several blobs', () => {
  it.each([
    [0, 7, 'abcdefg'],
    [2, 4, 'cd'],
    [3, 7, 'defg'],
    [0, 3, 'abc'],
    [4, 4, ''],
  ])('%i to %i are %j', async (start, end, wanted) => {
    expect(await (await setUp()).read(start, end)).toBe(wanted)
  })

  it('can be read after their deletion, until the last reader is done or has closed', async () => {
    const { storage, blobs, read } = await setUp()
    const one = readStoredBytes(storage, blobs, 0, 7)
    const two = readStoredBytes(storage, blobs, 0, 7)
    for (const { id } of blobs) await storage.deleteBlob(id)
    one.close()
    one.close()
    let text = ''
    for await (const chunk of two.chunks) text += new TextDecoder().decode(chunk)
    expect(text).toBe('abcdefg')
    expect(await read(0, 7)).toBe('')
  })
})
