/** @see https://www.alibabacloud.com/help/en/oss/developer-reference/putobject */
import { describe, expect, it } from 'vitest'
import { presign } from '../../../src/protocol/index.ts'
import {
  BUCKET,
  bytesOf,
  createEmulatorWithClient,
  HOST,
  KEY,
  NOW,
  REGION,
  readError,
} from '../emulator-with-client.ts'

describe('PutObject', () => {
  it('answers the hashes of an empty object', async () => {
    const { send } = createEmulatorWithClient()
    const { headers, status } = await send({ method: 'PUT', key: 'empty' })
    expect(status).toBe(200)
    expect(headers.get('etag')).toBe('"D41D8CD98F00B204E9800998ECF8427E"')
    expect(headers.get('x-oss-hash-crc64ecma')).toBe('0')
    expect(headers.get('content-md5')).toBe('1B2M2Y8AsgTpgAmY7PhCfg==')
    expect(await (await send({ method: 'GET', key: 'empty' })).text()).toBe('')
  })

  it('checks Content-MD5, in shape and in value', async () => {
    const { send } = createEmulatorWithClient()
    for (const md5 of ['x', 'YQ==', '1B2M2Y8AsgTpgAmY7PhCfg==']) {
      const refused = await send(
        { method: 'PUT', key: 'a', headers: { 'content-md5': md5 } },
        bytesOf('a'),
      )
      expect(await readError(refused)).toMatchObject({ status: 400, code: 'InvalidDigest' })
    }
    expect((await send({ method: 'HEAD', key: 'a' })).status).toBe(404)
  })

  it('refuses to overwrite with x-oss-forbid-overwrite, also when two come at once', async () => {
    const { send } = createEmulatorWithClient()
    const put = (text: string) =>
      send(
        { method: 'PUT', key: 'a', headers: { 'x-oss-forbid-overwrite': 'true' } },
        bytesOf(text),
      )
    const responses = await Promise.all([put('1'), put('2'), put('3')])
    expect(responses.map(({ status }) => status).sort()).toEqual([200, 409, 409])
    const winner = responses.findIndex(({ status }) => status === 200)
    expect(await (await send({ method: 'GET', key: 'a' })).text()).toBe(String(winner + 1))
    const lax = await send(
      { method: 'PUT', key: 'a', headers: { 'x-oss-forbid-overwrite': 'false' } },
      bytesOf('4'),
    )
    expect(lax.status).toBe(200)
  })

  it('refuses a body of another length than the one that was signed', async () => {
    const { emulator } = createEmulatorWithClient()
    const signed = presign(
      {
        method: 'PUT',
        bucket: BUCKET,
        region: REGION,
        key: 'a',
        headers: { 'content-length': '3' },
        additionalHeaders: ['content-length'],
      },
      { credentials: KEY, now: NOW, expiresInSeconds: 60 },
    )
    const put = (text: string) =>
      emulator.fetch(new Request(signed.url, { method: 'PUT', body: bytesOf(text) }))
    expect((await readError(await put('abcd'))).code).toBe('SignatureDoesNotMatch')
    expect((await readError(await put(''))).code).toBe('SignatureDoesNotMatch')
    expect((await put('abc')).status).toBe(200)
  })

  it('refuses a body that is shorter or longer than its Content-Length', async () => {
    const { send } = createEmulatorWithClient()
    for (const length of ['2', '9']) {
      const refused = await send(
        { method: 'PUT', key: 'a', headers: { 'content-length': length } },
        bytesOf('abc'),
      )
      expect(await readError(refused)).toMatchObject({ code: 'RequestTimeout' })
    }
    expect((await send({ method: 'HEAD', key: 'a' })).status).toBe(404)
  })

  it('wants a length, unless the body is chunked', async () => {
    const { emulator } = createEmulatorWithClient({
      buckets: [{ name: BUCKET, acl: 'public-read-write' }],
    })
    const request = { method: 'PUT', target: '/a', body: null, remoteAddress: '', secure: false }
    const host = new URL(HOST).host
    expect((await emulator.handle({ ...request, headers: { host } })).status).toBe(411)
    const chunked = { host, 'transfer-encoding': 'chunked' }
    expect((await emulator.handle({ ...request, headers: chunked })).status).toBe(200)
  })

  it('refuses more than 5 GB before reading it', async () => {
    const { send } = createEmulatorWithClient()
    const headers = { 'content-length': String(5 * 1024 ** 3 + 1) }
    const refused = await send({ method: 'PUT', key: 'a', headers }, bytesOf('a'))
    expect(await readError(refused)).toMatchObject({ status: 400, code: 'EntityTooLarge' })
  })

  it('stores nothing of a body that breaks off', async () => {
    const { emulator } = createEmulatorWithClient({
      buckets: [{ name: BUCKET, acl: 'public-read-write' }],
    })
    async function* broken() {
      yield bytesOf('half')
      throw new Error('connection reset')
    }
    const host = new URL(HOST).host
    const reply = await emulator.handle({
      method: 'PUT',
      target: '/a',
      headers: { host, 'content-length': '100' },
      body: broken(),
      remoteAddress: '',
      secure: false,
    })
    expect(reply.status).toBe(500)
    expect(emulator.log.requests.at(-1)?.detail).toBe('connection reset')
    expect((await emulator.fetch(new Request(`${HOST}/a`))).status).toBe(404)
  })
})
