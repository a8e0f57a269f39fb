/** @see https://www.alibabacloud.com/help/en/oss/developer-reference/getobject */
import { describe, expect, it } from 'vitest'
import { compressReply, wantsGzip } from '../../../src/emulator/http/gzip.ts'
import { bytesOf, createEmulatorWithClient } from '../emulator-with-client.ts'

const TEXT = '中文 text '.repeat(500)

async function get(
  headers: Record<string, string>,
  stored: Record<string, string> = {},
  body = TEXT,
) {
  const { send } = createEmulatorWithClient()
  const type = { 'content-type': 'application/json; charset=utf-8', ...stored }
  await send({ method: 'PUT', key: 'a', headers: type }, bytesOf(body))
  return send({ method: 'GET', key: 'a', headers })
}
const unzip = async ({ body }: Response) =>
  new Response(body?.pipeThrough(new DecompressionStream('gzip'))).text()

describe('GetObject with gzip', () => {
  it('compresses text that the client takes compressed, without length and ETag', async () => {
    const got = await get({ 'accept-encoding': 'deflate, gzip;q=0.8' })
    expect(got.headers.get('content-encoding')).toBe('gzip')
    for (const name of ['content-length', 'etag', 'content-md5'])
      expect(got.headers.get(name)).toBeNull()
    expect(got.headers.get('x-oss-hash-crc64ecma')).not.toBeNull()
    expect(await unzip(got)).toBe(TEXT)
  })

  it.each([
    ['the client does not ask', {}, {}, TEXT],
    ['the client refuses', { 'accept-encoding': 'gzip;q=0' }, {}, TEXT],
    ['the type is not text', { 'accept-encoding': 'gzip' }, { 'content-type': 'image/png' }, TEXT],
    ['the object is under 1 KiB', { 'accept-encoding': 'gzip' }, {}, 'x'.repeat(1023)],
    ['it is compressed already', { 'accept-encoding': 'gzip' }, { 'content-encoding': 'br' }, TEXT],
  ])('sends the bytes as they are when %s', async (_, headers, stored, body) => {
    const got = await get(headers as Record<string, string>, stored as Record<string, string>, body)
    expect(got.headers.get('etag')).toMatch(/^"[0-9A-F]{32}"$/)
    expect(await got.text()).toBe(body)
  })

  it('sends a range as it is', async () => {
    const got = await get({ 'accept-encoding': 'gzip', range: 'bytes=0-2' })
    expect([got.status, got.headers.get('content-encoding')]).toEqual([206, null])
  })

  it('closes the storage when the reader goes away', async () => {
    let closed = 0
    async function* chunks() {
      for (;;) yield new Uint8Array(1000)
    }
    const body = {
      chunks: chunks(),
      close() {
        closed += 1
      },
    }
    const reply = compressReply({ status: 200, headers: {}, body })
    if (!reply.body || typeof reply.body === 'string' || reply.body instanceof Uint8Array)
      throw new Error('no stream')
    for await (const chunk of reply.body.chunks) {
      expect(chunk.byteLength).toBeGreaterThan(0)
      break
    }
    reply.body.close()
    expect(closed).toBe(1)
  })

  it('knows gzip among other codings', () => {
    const wants = (text: string) =>
      wantsGzip({ 'accept-encoding': text }, { size: 1024 }, { 'content-type': 'text/html' })
    expect(['gzip', 'br, GZIP', 'gzip ; q=1.0', 'gzip;q=0.001'].map(wants)).toEqual([
      true,
      true,
      true,
      true,
    ])
    expect(['', 'br', 'xgzip', 'gzipx', 'gzip;q=0', 'gzip; q=0.0, br'].map(wants)).toEqual([
      false,
      false,
      false,
      false,
      false,
      false,
    ])
  })
})
