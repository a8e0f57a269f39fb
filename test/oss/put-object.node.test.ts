/** PutObject, over sockets. */
import { describe, expect, it } from 'vitest'
import { crc64 } from '../../src/protocol/crc64.ts'
import {
  buildCallback,
  download,
  makePattern,
  readOssError,
  signUrl,
  startLocalOss,
} from '../support/local-oss.ts'

const oss = startLocalOss()

describe('putObject', () => {
  it.each([
    ['exampledir/a.txt', 'hello'],
    ['目录/空 + 文件.txt', ''],
    ['a & b?c#d.txt', '夏天'],
  ])('stores %s, and gives the response of its callback', async (key, data) => {
    const result = await oss.client.putObject(key, data, buildCallback(oss))
    const bytes = new TextEncoder().encode(data)
    expect(result).toMatchObject({
      kind: 'stored',
      key,
      crc64: String(crc64(bytes)),
      response: { ok: true },
      etag: expect.stringMatching(/^[0-9A-F]{32}$/),
      requestId: expect.stringMatching(/^[0-9A-F]{24}$/),
    })
    const fields = new URLSearchParams(oss.callbacks[0])
    expect(Object.fromEntries(fields)).toEqual({
      object: key,
      size: String(bytes.length),
      my_var_1: 'my_val1',
      my_var_2: '值 & more',
    })
    expect(await download(oss, key)).toEqual(bytes)
  })

  it.each([
    [undefined, 'image/png'],
    ['text/plain; charset=utf-8', 'text/plain; charset=utf-8'],
  ])('stores a Blob with its type, or the given one: %s', async (type, expected) => {
    const blob = new Blob(['x'], { type: 'image/png' })
    await oss.client.putObject('typed', blob, type === undefined ? {} : { type })
    const response = await fetch(signUrl(oss, 'HEAD', 'typed'), { method: 'HEAD' })
    expect(response.headers.get('content-type')).toBe(expected)
  })

  it('without a callback has no response', async () => {
    const result = await oss.client.putObject('plain.bin', makePattern(1000), { type: 'image/png' })
    expect(result).toMatchObject({ kind: 'stored' })
    expect(result).not.toHaveProperty('response')
    expect(oss.callbacks).toEqual([])
  })

  it('tells of a callback that failed: the object is stored', async () => {
    oss.respond = () => ({ status: 500, body: 'no' })
    const result = await oss.client.putObject('a.txt', 'hello', buildCallback(oss))
    expect(result).toMatchObject({
      kind: 'callback-failed',
      error: { code: 'CallbackFailed', message: expect.any(String) },
      crc64: String(crc64(new TextEncoder().encode('hello'))),
    })
    expect(await download(oss, 'a.txt')).toHaveLength(5)
  })

  it('gives a response that is no JSON as text', async () => {
    oss.respond = () => ({ status: 200, body: 'done' })
    const callback = { ...buildCallback(oss).callback, body: 'size=${size}' }
    expect(await oss.client.putObject('a.txt', 'x', { callback })).toMatchObject({
      kind: 'callback-failed',
    })
    oss.respond = () => ({ status: 200, body: '"done"' })
    expect(await oss.client.putObject('a.txt', 'x', { callback })).toMatchObject({
      response: 'done',
    })
  })

  it('can be told not to overwrite', async () => {
    await oss.client.putObject('once.txt', 'first')
    const again = oss.client.putObject('once.txt', 'second', { forbidOverwrite: true })
    expect(await readOssError(again)).toMatchObject({
      status: 409,
      remoteCode: 'FileAlreadyExists',
    })
  })

  it('refuses what OSS would refuse, before anything is sent', async () => {
    const callback = { url: oss.callbackUrl, body: 'x=${x:missing}' }
    await expect(
      oss.client.putObject('a.txt', 'x', { callback, callbackVars: {} }),
    ).rejects.toMatchObject({
      code: 'CALLBACK_BODY',
    })
    await expect(oss.client.putObject('', 'x')).rejects.toMatchObject({ code: 'OBJECT_KEY' })
    expect(oss.operations).toEqual([])
  })
})
