/** Files as sources, over sockets. */
import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { crc64 } from '../../src/protocol/crc64.ts'
import {
  buildCallback,
  download,
  makeFile,
  makePattern,
  readOssError,
  startLocalOss,
} from '../support/local-oss.ts'

const oss = startLocalOss()

describe('putObjectFromFile', () => {
  it.each([0, 1, 3_000_000])('stores a file of %d bytes', async (size) => {
    const bytes = makePattern(size)
    const result = await oss.client.putObjectFromFile(
      'from/file.bin',
      makeFile(oss, bytes),
      buildCallback(oss),
    )
    expect(result).toMatchObject({
      kind: 'stored',
      crc64: String(crc64(bytes)),
      response: { ok: true },
    })
    expect(await download(oss, 'from/file.bin')).toEqual(bytes)
  })

  it('says so when the file is changed meanwhile, or is not there', async () => {
    const path = makeFile(oss, makePattern(500_000))
    oss.faults = () => {
      appendFileSync(path, 'more')
      return { kind: 'drop', when: 'before-storing' }
    }
    expect(await readOssError(oss.client.putObjectFromFile('a.bin', path))).toMatchObject({
      code: 'FILE_CHANGED',
    })
    await expect(
      oss.client.putObjectFromFile('a.bin', join(oss.folder, 'none')),
    ).rejects.toMatchObject({
      code: 'ENOENT',
    })
  })
})
