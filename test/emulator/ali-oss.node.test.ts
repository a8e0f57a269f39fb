/**
 * The npm SDK `ali-oss` against the local OSS, with both signatures.
 */
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { type AliError, type AliOptions, createAliClient } from './ali-oss.ts'
import { startCallbackServer, startEmulatorOnSocket } from './emulator-on-socket.ts'
import { KEY } from './emulator-with-client.ts'

const BODY = 'bucket=${bucket}&object=${object}&etag=${etag}&size=${size}&my_var1=${x:my_var1}'

async function startWith(authorizationV4: boolean, more: { sts?: boolean } = {}) {
  const accessKey = more.sts ? { ...KEY, securityToken: 'token+/=' } : KEY
  const { emulator, server } = await startEmulatorOnSocket({
    accessKeys: [accessKey],
    // For `signatureUrl`, which refuses IP endpoints: the bucket's own domain.
    buckets: [{ name: 'examplebucket', domains: ['localhost'] }],
  })
  const options = {
    ...KEY,
    ...(more.sts && { stsToken: 'token+/=' }),
    bucket: 'examplebucket',
    authorizationV4,
  }
  // To an IP address the SDK sends `Host: bucket.oss-cn-hangzhou.aliyuncs.com`, the bucket not in the path.
  const client = createAliClient({ ...options, endpoint: server.url })
  const signer = createAliClient({
    ...options,
    endpoint: `http://localhost:${server.port}`,
    cname: true,
  })
  return { emulator, server, client, signer }
}

// The SDK warns about cancelled requests and unrefreshed tokens; both are intended here.
beforeEach(() => {
  vi.spyOn(console, 'warn').mockImplementation(() => {})
})

async function fails(call: Promise<unknown>): Promise<AliError> {
  return call.then(
    () => expect.fail('it did not fail'),
    (error: AliError) => error,
  )
}

function makeFile(content: Uint8Array): string {
  const folder = mkdtempSync(join(tmpdir(), 'upcall-test-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const path = join(folder, 'file.bin')
  writeFileSync(path, content)
  return path
}

describe.each([
  { name: 'V1', authorizationV4: false },
  { name: 'V4', authorizationV4: true },
])('ali-oss with $name', ({ authorizationV4 }) => {
  it('puts, heads, gets and deletes keys that need encoding', async () => {
    const { client } = await startWith(authorizationV4)
    for (const key of ['plain.txt', "中文/a b+c%2F(1)!*'.png", 'q?#&=;@:$,~']) {
      const content = randomBytes(1000)
      const put = await client.put(key, content, { meta: { author: 'alice', x: '1' } })
      expect(put.res.status).toBe(200)
      const head = await client.head(key)
      expect(head.res.headers.etag).toBe(put.res.headers.etag)
      expect(head.meta).toEqual({ author: 'alice', x: '1' })
      expect((await client.get(key)).content?.equals(content)).toBe(true)
      expect((await client.delete(key)).res.status).toBe(204)
      expect(await fails(client.head(key))).toMatchObject({ status: 404, code: 'NoSuchKey' })
    }
  })

  // The SDK signs the key as given, but its HTTP library then resolves dot segments: OSS, and the local OSS too,
  // receive a key that was not signed.
  it('cannot put a key with dot segments', async () => {
    const { client, emulator } = await startWith(authorizationV4)
    const error = await fails(client.put('a//b/../c', Buffer.from('x')))
    expect(error).toMatchObject({ status: 403, code: 'SignatureDoesNotMatch' })
    expect(emulator.log.requests.at(-1)?.key).toBe('a//c')
  })

  it('puts from a file and from streams, with and without a length', async () => {
    const { client } = await startWith(authorizationV4)
    const content = randomBytes(300_000)
    await client.put('from-file', makeFile(content))
    await client.putStream('chunked', Readable.from([content]))
    await client.putStream('with-length', Readable.from([content]), { contentLength: 300_000 })
    // The SDK sends this length and chunked together.
    const headers = { 'Content-Length': '300000' }
    await client.put('both', Readable.from([content]), { headers })
    for (const key of ['from-file', 'chunked', 'with-length', 'both']) {
      expect((await client.get(key)).content?.equals(content)).toBe(true)
    }
  })

  it('puts with callback and custom values, and reads the JSON response', async () => {
    const { client } = await startWith(authorizationV4)
    const { received, url } = await startCallbackServer({ body: '{"stored":"中文"}' })
    const callback = { url: `${url}/cb?a=1`, body: BODY, customValue: { my_var1: 'a b&c' } }
    const put = await client.put('dir/a.txt', Buffer.from('hello'), { callback })
    expect(put.data).toEqual({ stored: '中文' })
    expect(received[0]?.target).toBe('/cb?a=1')
    expect(received[0]?.body.toString()).toBe(
      'bucket=examplebucket&object=dir%2Fa.txt&etag=5D41402ABC4B2A76B9719D911017C592&size=5&my_var1=a%20b%26c',
    )
  })

  it('sees 203 CallbackFailed, and the object is stored', async () => {
    const { client, emulator } = await startWith(authorizationV4)
    const { url } = await startCallbackServer({ status: 500 })
    const callback = { url, body: 'x=1' }
    const error = await fails(client.put('kept', Buffer.from('hello'), { callback }))
    expect(error).toMatchObject({ code: 'CallbackFailed', status: 203 })
    expect(emulator.log.requests.at(-1)).toMatchObject({ status: 203, ec: '0007-00000203' })
    expect((await client.get('kept')).content?.toString()).toBe('hello')
  })

  it('uploads in parts, resumes from a checkpoint and fires the callback once', async () => {
    const { client, emulator } = await startWith(authorizationV4)
    const { received, url } = await startCallbackServer()
    const content = randomBytes(1_000_000)
    const file = makeFile(content)
    let checkpoint: unknown
    let isCancelled = false
    const options: AliOptions = {
      partSize: 102_400,
      parallel: 2,
      callback: { url, body: BODY, customValue: { my_var1: '1' } },
      progress: async (done, point) => {
        checkpoint = point
        // Once: a part that was being sent reports when the second run has begun.
        if (done > 0.3 && !isCancelled) {
          isCancelled = true
          client.cancel()
        }
      },
    }
    expect(await fails(client.multipartUpload('big', file, options))).toMatchObject({ status: 0 })
    const before = emulator.log.requests.filter(
      ({ operation }) => operation === 'UploadPart',
    ).length
    expect(before).toBeLessThan(10)
    const { progress: _, ...resumed } = options
    const done = await client.multipartUpload('big', file, { ...resumed, checkpoint })
    expect(done.data).toEqual({ ok: true })
    expect(received).toHaveLength(1)
    expect(
      emulator.log.requests.filter(({ operation }) => operation === 'InitiateMultipartUpload'),
    ).toHaveLength(1)
    expect((await client.get('big')).content?.equals(content)).toBe(true)
  })

  it('lists parts and uploads, completes by hand, aborts', async () => {
    const { client } = await startWith(authorizationV4)
    const content = randomBytes(210_000)
    const { uploadId = '' } = await client.initMultipartUpload('parts')
    const first = await client.uploadPart('parts', uploadId, 1, makeFile(content), 0, 105_000)
    const second = await client.uploadPart(
      'parts',
      uploadId,
      2,
      makeFile(content),
      105_000,
      210_000,
    )
    const listed = await client.listParts('parts', uploadId, { 'max-parts': 10 })
    expect(listed.parts).toMatchObject([
      { PartNumber: '1', Size: '105000' },
      { PartNumber: '2', Size: '105000' },
    ])
    expect((await client.listUploads({ 'max-uploads': 10 })).uploads).toMatchObject([{ uploadId }])
    await client.completeMultipartUpload('parts', uploadId, [
      { number: 1, etag: first.res.headers.etag ?? '' },
      { number: 2, etag: second.res.headers.etag ?? '' },
    ])
    expect((await client.get('parts')).content?.equals(content)).toBe(true)
    const gone = await fails(client.listParts('parts', uploadId))
    expect(gone).toMatchObject({ status: 404, code: 'NoSuchUpload' })
    const other = await client.initMultipartUpload('other')
    await client.abortMultipartUpload('other', other.uploadId ?? '')
    expect((await client.listUploads({ 'max-uploads': 10 })).uploads).toEqual([])
  })

  it('is refused with a wrong secret, and told what the local OSS computed', async () => {
    const { server, emulator } = await startWith(authorizationV4)
    const wrong = createAliClient({
      accessKeyId: 'ak',
      accessKeySecret: 'other',
      bucket: 'examplebucket',
      authorizationV4,
      endpoint: server.url,
    })
    const error = await fails(wrong.put('a', Buffer.from('a')))
    expect(error).toMatchObject({ status: 403, code: 'SignatureDoesNotMatch' })
    expect(emulator.log.requests.at(-1)?.ec).toBe(
      authorizationV4 ? '0002-00000201' : '0002-00000040',
    )
  })

  it('works with an STS token, and is refused without it', async () => {
    const { client, server } = await startWith(authorizationV4, { sts: true })
    expect((await client.put('sts', Buffer.from('a'))).res.status).toBe(200)
    const without = createAliClient({
      ...KEY,
      bucket: 'examplebucket',
      authorizationV4,
      endpoint: server.url,
    })
    expect(await fails(without.put('sts', Buffer.from('a')))).toMatchObject({
      code: 'InvalidAccessKeyId',
    })
  })
})

describe('what ali-oss signs for others to spend', () => {
  it('a V1 URL with callback in its query', async () => {
    const { signer } = await startWith(false)
    const { received, url } = await startCallbackServer()
    const signed = signer.signatureUrl('dir/中 文+.txt', {
      method: 'PUT',
      expires: 60,
      'Content-Type': 'text/plain',
      callback: { url, body: BODY, customValue: { my_var1: '1' } },
    })
    const put = await fetch(signed, {
      method: 'PUT',
      body: new Uint8Array(3),
      headers: { 'content-type': 'text/plain' },
    })
    expect([put.status, await put.json()]).toEqual([200, { ok: true }])
    expect(received[0]?.body.toString()).toContain('object=dir%2F%E4%B8%AD%20%E6%96%87%2B.txt')
    const tampered = signed.replace(/callback-var=[^&]*/, 'callback-var=e30%3D')
    const refused = await fetch(tampered, {
      method: 'PUT',
      headers: { 'content-type': 'text/plain' },
    })
    expect(refused.status).toBe(403)
  })

  it('a V1 URL with an STS token', async () => {
    const { signer, client } = await startWith(false, { sts: true })
    await client.put('a', Buffer.from('hello'))
    expect(await (await fetch(signer.signatureUrl('a'))).text()).toBe('hello')
  })

  it('a V4 URL with additional headers and free query parameters', async () => {
    const { signer } = await startWith(true)
    const { url } = await startCallbackServer()
    const callback = Buffer.from(JSON.stringify({ callbackUrl: url, callbackBody: BODY })).toString(
      'base64',
    )
    const signed = await signer.signatureUrlV4(
      'PUT',
      60,
      // The SDK signs the additional headers that it is told, whether they are sent or not.
      {
        headers: { 'content-length': '3', 'x-oss-forbid-overwrite': 'true' },
        queries: { callback },
      },
      'a.txt',
      ['content-length'],
    )
    const put = (size: number) =>
      fetch(signed, {
        method: 'PUT',
        body: new Uint8Array(size),
        headers: { 'x-oss-forbid-overwrite': 'true' },
      })
    expect((await put(4)).status).toBe(403)
    expect((await put(3)).status).toBe(200)
    expect((await put(3)).status).toBe(409)
  })

  const policyOf = (conditions: unknown[]) => ({
    expiration: new Date(Date.now() + 60_000).toISOString(),
    conditions: [{ bucket: 'examplebucket' }, ['eq', '$key', 'a.txt'], ...conditions],
  })

  async function post(url: string, fields: Record<string, string>) {
    const form = new FormData()
    for (const [name, value] of Object.entries(fields)) form.append(name, value)
    form.append('file', new Blob(['hello'], { type: 'text/plain' }), 'x.txt')
    return fetch(url, { method: 'POST', body: form })
  }

  it('a V1 form', async () => {
    const { signer, server, client } = await startWith(false)
    const fields = signer.calculatePostSignature(policyOf([['content-length-range', 1, 10]]))
    const stored = await post(`${server.url.replace('127.0.0.1', 'localhost')}/`, {
      ...fields,
      key: 'a.txt',
    })
    expect(stored.status).toBe(204)
    expect((await client.get('a.txt')).content?.toString()).toBe('hello')
    const refused = await post(`${server.url}/examplebucket/`, { ...fields, key: 'b.txt' })
    expect(refused.status).toBe(403)
  })

  it('a V4 form', async () => {
    const { signer, server } = await startWith(true)
    const now = new Date()
    const date = now.toISOString().replace(/[-:]|\.\d{3}/g, '')
    const v4 = {
      'x-oss-signature-version': 'OSS4-HMAC-SHA256',
      'x-oss-credential': `ak/${date.slice(0, 8)}/cn-hangzhou/oss/aliyun_v4_request`,
      'x-oss-date': date,
    }
    const policy = policyOf(Object.entries(v4).map(([name, value]) => ({ [name]: value })))
    const fields = {
      ...v4,
      policy: Buffer.from(JSON.stringify(policy)).toString('base64'),
      'x-oss-signature': signer.signPostObjectPolicyV4(policy, now),
      success_action_status: '200',
    }
    expect((await post(`${server.url}/examplebucket/`, { ...fields, key: 'a.txt' })).status).toBe(
      200,
    )
    expect((await post(`${server.url}/examplebucket/`, { ...fields, key: 'b.txt' })).status).toBe(
      403,
    )
  })
})
