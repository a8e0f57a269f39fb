/** The contract that every storage fulfils. */
import { expect, it } from 'vitest'
import type { Storage } from '../../src/emulator/storage/storage.ts'
import { bytesOf } from './emulator-with-client.ts'

export async function readBlob(storage: Storage, id: string, start: number, end: number) {
  let text = ''
  for await (const chunk of storage.readBlob(id, start, end))
    text += new TextDecoder().decode(chunk)
  return text
}

export async function writeBlob(storage: Storage, ...texts: string[]): Promise<string> {
  const writer = storage.createBlob()
  for (const text of texts) await writer.write(bytesOf(text))
  return writer.finish()
}

export function testStorage(create: () => Storage): void {
  it('gives back any range of what was written', async () => {
    const storage = create()
    const id = await writeBlob(storage, 'abc', '', 'defg')
    expect(await readBlob(storage, id, 0, 7)).toBe('abcdefg')
    expect(await readBlob(storage, id, 2, 4)).toBe('cd')
    expect(await readBlob(storage, id, 3, 3)).toBe('')
    expect(await readBlob(storage, id, 6, 7)).toBe('g')
    await storage.close()
  })

  it('keeps blobs apart, also empty ones and those written at once', async () => {
    const storage = create()
    const texts = ['', 'a', 'bb', 'x'.repeat(100_000), 'y'.repeat(3_000_000)]
    const ids = await Promise.all(
      texts.map((text) => writeBlob(storage, text.slice(0, 5), text.slice(5))),
    )
    expect(new Set(ids).size).toBe(texts.length)
    for (const [at, text] of texts.entries()) {
      expect((await readBlob(storage, ids[at] ?? '', 0, text.length)) === text).toBe(true)
    }
    await storage.close()
  })

  it('forgets what was discarded or deleted, twice without harm', async () => {
    const storage = create()
    const writer = storage.createBlob()
    await writer.write(bytesOf('x'.repeat(2_000_000)))
    await writer.discard()
    const id = await writeBlob(storage, 'abc')
    await storage.deleteBlob(id)
    await storage.deleteBlob(id)
    await storage.close()
  })
}
