import { describe, expect, it } from 'vitest'
import {
  checkContentMd5Shape,
  receiveBytes,
} from '../../../src/emulator/operations/receive-body.ts'
import { createMemoryStorage } from '../../../src/emulator/storage/storage.ts'
import { bytesOf, catchOss, catchOssLater } from '../emulator-with-client.ts'

async function* pieces(...texts: string[]) {
  for (const text of texts) yield bytesOf(text)
}

/** Storage that counts the blobs that are begun, finished and discarded. */
function createCounting() {
  const storage = createMemoryStorage()
  const counts = { begun: 0, finished: 0, discarded: 0 }
  return {
    counts,
    storage: {
      ...storage,
      createBlob() {
        counts.begun += 1
        const writer = storage.createBlob()
        return {
          write: writer.write,
          finish: () => {
            counts.finished += 1
            return writer.finish()
          },
          discard: () => {
            counts.discarded += 1
            return writer.discard()
          },
        }
      },
    },
  }
}

describe('bytes that are received', () => {
  it('are hashed as they pass, however they are cut', async () => {
    const { storage } = createCounting()
    const facts = await receiveBytes(pieces('hello', '', ' wor', 'ld'), storage)
    expect(facts).toMatchObject({
      size: 11,
      etag: '5EB63BBBE01EEED093CB22BB8F5ACDC3',
      contentMd5: 'XrY7u+Ae7tCTyyK7j1rNww==',
      crc64: '5981764153023615706',
    })
  })

  it.each([
    ['too many bytes', { maxBytes: 4 }, 'EntityTooLarge'],
    [
      'a length too large, before a byte is read',
      { maxBytes: 4, declaredBytes: 5 },
      'EntityTooLarge',
    ],
    ['fewer bytes than declared', { declaredBytes: 6 }, 'RequestTimeout'],
    ['more bytes than declared', { declaredBytes: 4 }, 'RequestTimeout'],
    ['another MD5', { contentMd5: 'XrY7u+Ae7tCTyyK7j1rNww==' }, 'InvalidDigest'],
  ])('are thrown away: %s', async (_, limits, code) => {
    const { storage, counts } = createCounting()
    expect((await catchOssLater(receiveBytes(pieces('hel', 'lo'), storage, limits))).code).toBe(
      code,
    )
    expect(counts.finished).toBe(0)
    expect(counts.discarded).toBe(counts.begun)
  })

  it('need a Content-MD5 of 16 bytes in Base64, if any', () => {
    checkContentMd5Shape(undefined)
    checkContentMd5Shape('1B2M2Y8AsgTpgAmY7PhCfg==')
    for (const text of ['', 'YQ==', '5eb63bbbe01eeed093cb22bb8f5acdc3', '%']) {
      expect(catchOss(() => checkContentMd5Shape(text)).code).toBe('InvalidDigest')
    }
  })
})
