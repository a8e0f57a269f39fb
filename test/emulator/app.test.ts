import { describe, expect, it } from 'vitest'
import { encodeCallback, signPostPolicy, verifyCallback } from '../../src/protocol/index.ts'
import {
  BUCKET,
  bytesOf,
  createEmulatorWithClient,
  HOST,
  KEY,
  NOW,
  REGION,
  readElement,
  readError,
} from './emulator-with-client.ts'

const CALLBACK = encodeCallback(
  {
    url: 'https://cb.example.com/oss/cb?t=1',
    body: '{"object":${object},"size":${size},"etag":${etag},"uid":${x:uid}}',
    bodyType: 'application/json',
  },
  { 'x:uid': '42' },
)
const inQuery = { callback: CALLBACK.callback, 'callback-var': CALLBACK.callbackVar ?? '' }

describe('the flows of an upload', () => {
  it('stores a presigned PUT and replies with the response of the callback server', async () => {
    const { emulator, received, send, sendUrl } = createEmulatorWithClient()
    const put = await sendUrl(
      { method: 'PUT', key: 'u/1/a.txt', query: inQuery },
      bytesOf('hello world'),
    )
    expect(put.status).toBe(200)
    expect(await put.json()).toEqual({ ok: true })
    expect(put.headers.get('etag')).toBe('"5EB63BBBE01EEED093CB22BB8F5ACDC3"')
    expect(put.headers.get('x-oss-hash-crc64ecma')).toBe('5981764153023615706')
    const [callback] = received
    expect(JSON.parse(callback?.body ?? '')).toEqual({
      object: 'u/1/a.txt',
      size: 11,
      etag: '5EB63BBBE01EEED093CB22BB8F5ACDC3',
      uid: '42',
    })
    expect(
      verifyCallback(
        {
          target: '/oss/cb?t=1',
          body: new TextEncoder().encode(callback?.body),
          authorization: callback?.request.headers.get('authorization') ?? '',
          publicKeyUrl: callback?.request.headers.get('x-oss-pub-key-url') ?? '',
        },
        { publicKeys: { [emulator.callbackPublicKeyUrl]: emulator.callbackPublicKey } },
      ),
    ).toBe(true)
    const got = await send({ method: 'GET', key: 'u/1/a.txt' })
    expect(await got.text()).toBe('hello world')
    expect(emulator.log.callbacks[0]?.outcome).toBe('ok')
  })

  it('stores a form whose policy holds, and refuses it with another key', async () => {
    const { emulator, send } = createEmulatorWithClient()
    const { fields } = signPostPolicy(
      {
        bucket: BUCKET,
        region: REGION,
        conditions: [['content-length-range', 1, 100]],
        fields: { key: 'u/1/a.txt', success_action_status: '201' },
      },
      { credentials: KEY, now: NOW, expiresInSeconds: 600 },
    )
    const post = (changes: Record<string, string> = {}) => {
      const form = new FormData()
      for (const [name, value] of Object.entries({ ...fields, ...changes }))
        form.append(name, value)
      form.append('file', new Blob(['hello world'], { type: 'text/plain' }), 'a.txt')
      return emulator.fetch(new Request(`${HOST}/`, { method: 'POST', body: form }))
    }
    const stored = await post()
    expect(stored.status).toBe(201)
    expect(readElement(await stored.text(), 'Key')).toBe('u/1/a.txt')
    expect(await (await send({ method: 'GET', key: 'u/1/a.txt' })).text()).toBe('hello world')
    expect(await readError(await post({ key: 'u/2/a.txt' }))).toMatchObject({
      status: 403,
      code: 'AccessDenied',
      ec: '0006-00000227',
    })
  })

  it('carries a multipart upload from Initiate to Complete with x-oss-complete-all and callback', async () => {
    const { received, send, sendUrl } = createEmulatorWithClient()
    const key = 'big/file.bin'
    const started = await send({
      method: 'POST',
      key,
      query: { uploads: '' },
      headers: { 'content-type': 'video/mp4' },
    })
    const uploadId = readElement(await started.text(), 'UploadId')
    const part = new Uint8Array(102_400).fill(7)
    for (const partNumber of ['2', '1', '3']) {
      const sent = await sendUrl(
        { method: 'PUT', key, query: { partNumber, uploadId } },
        partNumber === '3' ? part.subarray(0, 9) : part,
      )
      expect(sent.status).toBe(200)
    }
    const listed = await (await send({ method: 'GET', key, query: { uploadId } })).text()
    expect(listed.match(/<Part>/g)).toHaveLength(3)
    const done = await sendUrl({
      method: 'POST',
      key,
      query: { uploadId, ...inQuery },
      headers: { 'x-oss-complete-all': 'yes' },
    })
    expect(await done.json()).toEqual({ ok: true })
    expect(JSON.parse(received[0]?.body ?? '').size).toBe(204_809)
    const head = await send({ method: 'HEAD', key })
    expect(head.headers.get('etag')).toMatch(/^"[0-9A-F]{32}-3"$/)
    expect(head.headers.get('content-type')).toBe('video/mp4')
    expect((await (await send({ method: 'GET', key })).arrayBuffer()).byteLength).toBe(204_809)
  })
})

describe('a local OSS', () => {
  it('serves its public key where no bucket can be', async () => {
    const { emulator } = createEmulatorWithClient()
    const served = await emulator.fetch(new Request('http://127.0.0.1/-/callback_pub_key.pem'))
    expect(await served.text()).toBe(emulator.callbackPublicKey)
    const asKey = await emulator.fetch(
      new Request('http://examplebucket.localhost/-/callback_pub_key.pem'),
    )
    expect(asKey.status).toBe(403)
  })
})
