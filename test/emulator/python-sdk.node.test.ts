/**
 * The upload with callback of the OSS Python documentation, in the wire form of `oss2`: V1 in the header,
 * `date` in its slot, callback parameters as headers. The signature is computed here, from the manual alone.
 */
import { createHash, createHmac } from 'node:crypto'
import { createReadStream, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { type IncomingHttpHeaders, request as requestHttp } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { describe, expect, it, onTestFinished } from 'vitest'
import { verifyCallback } from '../../src/protocol/index.ts'
import { startCallbackServer, startEmulatorOnSocket } from './emulator-on-socket.ts'
import { readElement } from './emulator-with-client.ts'

const KEY = 'examplefiles/exampleobject.txt'
const CONTENT = Buffer.alloc(1024 * 1024, 'a')

interface WireRequest {
  method: string
  key: string
  subResources?: Record<string, string>
  headers?: Record<string, string>
  body?: Buffer | Readable
  length?: number
}

interface WireAnswer {
  status: number
  headers: IncomingHttpHeaders
  body: string
}

const encode64 = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64')

function callbackHeaders(callbackUrl: string) {
  return {
    'x-oss-callback': encode64({
      callbackUrl,
      callbackBody:
        'bucket=${bucket}&object=${object}&etag=${etag}&size=${size}&mimeType=${mimeType}&my_var_1=${x:my_var1}&my_var_2=${x:my_var2}',
      callbackBodyType: 'application/x-www-form-urlencoded',
    }),
    'x-oss-callback-var': encode64({ 'x:my_var1': 'my_val1', 'x:my_var2': 'my_val2' }),
  }
}

async function setUp() {
  const { emulator, server } = await startEmulatorOnSocket()
  const { received, url } = await startCallbackServer({ body: '{"Status":"OK"}' })

  function send({
    method,
    key,
    subResources = {},
    headers = {},
    body,
    length,
  }: WireRequest): Promise<WireAnswer> {
    const date = new Date().toUTCString()
    const type = headers['Content-Type'] ?? ''
    const oss = Object.entries(headers)
      .map(([name, value]) => [name.toLowerCase(), value] as const)
      .filter(([name]) => name.startsWith('x-oss-'))
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, value]) => `${name}:${value}\n`)
      .join('')
    const query = Object.entries(subResources)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, value]) => (value === '' ? name : `${name}=${value}`))
      .join('&')
    const text = `${method}\n${headers['Content-MD5'] ?? ''}\n${type}\n${date}\n${oss}/examplebucket/${key}${query && `?${query}`}`
    const signature = createHmac('sha1', 'sk').update(text).digest('base64')
    return new Promise((resolve, reject) => {
      const sent = requestHttp(
        {
          port: server.port,
          method,
          path: `/${key.split('/').map(encodeURIComponent).join('/')}${query && `?${query}`}`,
          headers: {
            Host: `examplebucket.localhost:${server.port}`,
            'User-Agent': 'aliyun-sdk-python/2.19.1(Linux/6.1;x86_64;3.12)',
            'Accept-Encoding': 'identity',
            Accept: '*/*',
            Connection: 'keep-alive',
            date,
            authorization: `OSS ak:${signature}`,
            ...headers,
            'Content-Length': length ?? (Buffer.isBuffer(body) ? body.length : 0),
          },
        },
        (response) => {
          const chunks: Buffer[] = []
          response.on('data', (chunk: Buffer) => chunks.push(chunk))
          response.on('end', () => {
            const { statusCode: status = 0, headers: seen } = response
            resolve({ status, headers: seen, body: Buffer.concat(chunks).toString() })
          })
        },
      )
      sent.on('error', reject)
      if (body && !Buffer.isBuffer(body)) body.pipe(sent)
      else sent.end(body)
    })
  }

  function checkCallback(etag: string, mimeType: string) {
    expect(received).toHaveLength(1)
    const [call] = received
    expect(call?.body.toString()).toBe(
      `bucket=examplebucket&object=examplefiles%2Fexampleobject.txt&etag=${etag}&size=1048576&mimeType=${encodeURIComponent(mimeType)}&my_var_1=my_val1&my_var_2=my_val2`,
    )
    const message = {
      target: call?.target ?? '',
      body: call?.body ?? Buffer.alloc(0),
      authorization: String(call?.headers.authorization),
      publicKeyUrl: String(call?.headers['x-oss-pub-key-url']),
    }
    const publicKeys = { [emulator.callbackPublicKeyUrl]: emulator.callbackPublicKey }
    expect(verifyCallback(message, { publicKeys })).toBe(true)
  }

  return { send, checkCallback, callbackUrl: `${url}/callback` }
}

const md5Hex = (data: Buffer | string) => createHash('md5').update(data).digest('hex').toUpperCase()

describe('upload with callback, as oss2 sends it', () => {
  it('put_object with 1 MiB of a', async () => {
    const { send, checkCallback, callbackUrl } = await setUp()
    const headers = { ...callbackHeaders(callbackUrl), 'Content-Type': 'text/plain' }
    const response = await send({ method: 'PUT', key: KEY, headers, body: CONTENT })
    expect([response.status, response.body]).toEqual([200, '{"Status":"OK"}'])
    expect(response.headers.etag).toBe(`"${md5Hex(CONTENT)}"`)
    checkCallback(md5Hex(CONTENT), 'text/plain')
  })

  it('put_object_from_file', async () => {
    const { send, checkCallback, callbackUrl } = await setUp()
    const folder = mkdtempSync(join(tmpdir(), 'upcall-test-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    const path = join(folder, 'exampleobject.txt')
    writeFileSync(path, CONTENT)
    const headers = { ...callbackHeaders(callbackUrl), 'Content-Type': 'text/plain' }
    const body = createReadStream(path, { highWaterMark: 8192 })
    const response = await send({ method: 'PUT', key: KEY, headers, body, length: CONTENT.length })
    expect([response.status, response.body]).toEqual([200, '{"Status":"OK"}'])
    checkCallback(md5Hex(CONTENT), 'text/plain')
  })

  it('complete_multipart_upload with the same two headers', async () => {
    const { send, checkCallback, callbackUrl } = await setUp()
    const started = await send({
      method: 'POST',
      key: KEY,
      subResources: { uploads: '' },
      headers: { 'Content-Type': 'text/plain' },
    })
    const uploadId = readElement(started.body, 'UploadId')
    const parts = [CONTENT.subarray(0, 600_000), CONTENT.subarray(600_000)]
    const etags: string[] = []
    for (const [at, body] of parts.entries()) {
      const subResources = { uploadId, partNumber: String(at + 1) }
      const sent = await send({ method: 'PUT', key: KEY, subResources, body })
      etags.push(String(sent.headers.etag).replaceAll('"', ''))
    }
    const list = etags.map(
      (etag, at) => `<Part><PartNumber>${at + 1}</PartNumber><ETag>"${etag}"</ETag></Part>`,
    )
    const xml = Buffer.from(`<CompleteMultipartUpload>${list.join('')}</CompleteMultipartUpload>`)
    const md5 = createHash('md5').update(xml).digest('base64')
    const headers = { ...callbackHeaders(callbackUrl), 'Content-MD5': md5 }
    const done = await send({
      method: 'POST',
      key: KEY,
      subResources: { uploadId },
      headers,
      body: xml,
    })
    expect([done.status, done.body]).toEqual([200, '{"Status":"OK"}'])
    checkCallback(`${md5Hex(etags.join(''))}-2`, 'text/plain')
  })

  it('is refused when a callback header was changed on its way', async () => {
    const { send, callbackUrl } = await setUp()
    const good = callbackHeaders(callbackUrl)
    const response = await send({
      method: 'PUT',
      key: KEY,
      // A second header of that name: OSS signs both values, joined by a comma.
      headers: { ...good, 'X-OSS-Callback-Var': encode64({ 'x:my_var1': 'other' }) },
      body: CONTENT,
    })
    expect([response.status, readElement(response.body, 'Code')]).toEqual([
      403,
      'SignatureDoesNotMatch',
    ])
  })
})
