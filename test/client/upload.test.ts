/** The three flows over real sockets: page → service → OSS → callback → page. */
import { beforeEach, describe, expect, it } from 'vitest'
import { upload } from '../../client/index.ts'
import {
  askStation,
  buildOptions,
  createFile,
  readDigest,
  sha256,
  takeStats,
} from '../support/page-station.ts'

const MIB = 1024 * 1024

beforeEach(() => askStation('reset'))

describe('upload', () => {
  it.each([
    ['form', 0, 'empty.txt', 'text/plain'],
    ['form', 1024, 'small.txt', 'text/plain'],
    ['put', 300 * 1024, '图片.png', 'image/png'],
    ['multipart', 5 * MIB + 17, 'large.bin', ''],
  ] as const)(
    'stores %s of %i bytes and answers what the handler said',
    async (method, size, name, type) => {
      const file = createFile(size, name, type)
      const result = await upload(file, await buildOptions({ method, partSize: MIB }))
      expect(result.answer).toMatchObject({ id: result.id, key: result.key, size, name })
      expect(result.via).toBe('callback')
      const stored = await readDigest(result.key)
      expect(stored).toMatchObject({ status: 200, size, sha256: await sha256(file) })
      expect(stored.type).toBe(type || 'application/octet-stream')
      expect((await takeStats()).receipts).toBe(1)
    },
  )
})
