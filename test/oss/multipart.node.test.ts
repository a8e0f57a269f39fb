/** Uploads in parts, over sockets. */
import { describe, expect, it } from 'vitest'
import { crc64 } from '../../src/protocol/crc64.ts'
import {
  buildCallback,
  chunk,
  download,
  makeFile,
  makePattern,
  PART,
  readOssError,
  startLocalOss,
} from '../support/local-oss.ts'

const oss = startLocalOss()

describe('multipartUpload', () => {
  const bytes = makePattern(450_000)

  it.each([
    ['bytes', () => bytes],
    ['a Blob', () => new Blob([bytes])],
    ['a file', () => ({ path: makeFile(oss, bytes) })],
    ['a stream of small pieces', () => chunk(bytes, 7001)],
    ['a stream of large pieces', () => chunk(bytes, 300_000)],
    ['a ReadableStream', () => new Blob([bytes]).stream()],
  ])('stores %s', async (_, source) => {
    const loaded: number[] = []
    const result = await oss.client.multipartUpload('big/大.bin', source(), {
      ...buildCallback(oss),
      partSize: PART,
      onProgress: (progress) => loaded.push(progress.loaded),
    })
    expect(result).toMatchObject({
      kind: 'stored',
      crc64: String(crc64(bytes)),
      response: { ok: true },
      etag: expect.stringMatching(/-5$/),
    })
    expect(oss.operations.filter((name) => name === 'UploadPart')).toHaveLength(5)
    expect([loaded.length, loaded.at(-1)]).toEqual([5, bytes.length])
    expect(oss.callbacks).toHaveLength(1)
    expect(await download(oss, 'big/大.bin')).toEqual(bytes)
  })

  it.each([
    ['bytes', () => new Uint8Array()],
    ['a file', () => ({ path: makeFile(oss, new Uint8Array()) })],
    ['a stream', () => chunk(new Uint8Array(), 1)],
  ])('stores nothing of %s as an empty object', async (_, source) => {
    expect(await oss.client.multipartUpload('empty.bin', source())).toMatchObject({
      kind: 'stored',
      crc64: '0',
    })
    expect(await download(oss, 'empty.bin')).toHaveLength(0)
  })

  it('sends single parts again', async () => {
    let left = 3
    oss.faults = ({ operation, partNumber }) =>
      operation === 'UploadPart' && partNumber !== 1 && left-- > 0
        ? { kind: 'drop', when: left % 2 ? 'before-storing' : 'after-storing' }
        : undefined
    const result = await oss.client.multipartUpload('big.bin', bytes, { partSize: PART })
    expect(result.crc64).toBe(String(crc64(bytes)))
    expect(oss.operations.filter((name) => name === 'UploadPart')).toHaveLength(8)
  })

  it('leaves no parts behind when it fails', async () => {
    oss.faults = ({ operation, partNumber }) =>
      operation === 'UploadPart' && partNumber === 3 ? { kind: 'error', status: 503 } : undefined
    const failed = oss.client.multipartUpload('gone.bin', bytes, { partSize: PART, concurrency: 2 })
    expect(await readOssError(failed)).toMatchObject({ code: 'OSS_REFUSED', status: 503 })
    expect(oss.operations.at(-1)).toBe('AbortMultipartUpload')
  })

  it('finds its object when the response of Complete was lost', async () => {
    oss.faults = ({ operation }) =>
      operation === 'CompleteMultipartUpload' ? { kind: 'drop', when: 'after-storing' } : undefined
    const result = await oss.client.multipartUpload('lost.bin', bytes, {
      partSize: PART,
      ...buildCallback(oss),
    })
    expect(result).toMatchObject({ kind: 'response-lost', crc64: String(crc64(bytes)) })
    expect(oss.callbacks).toHaveLength(1)
  })

  it('tells of a callback that failed', async () => {
    oss.respond = () => ({ status: 404, body: '{}' })
    const result = await oss.client.multipartUpload('big.bin', bytes, {
      partSize: PART,
      ...buildCallback(oss),
    })
    expect(result.kind).toBe('callback-failed')
  })

  it('takes no text for bytes of a stream', async () => {
    const texts = (async function* () {
      yield 'text' as unknown as Uint8Array
    })()
    expect(await readOssError(oss.client.multipartUpload('a.bin', texts))).toMatchObject({
      code: 'OPTION_INVALID',
    })
  })
})
