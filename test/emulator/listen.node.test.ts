import { createHash } from 'node:crypto'
import { Agent, request as requestHttp } from 'node:http'
import { connect } from 'node:net'
import { describe, expect, it } from 'vitest'
import type { EmulatorOptions } from '../../src/emulator/options.ts'
import { encodeCallback, presign, verifyCallback } from '../../src/protocol/index.ts'
import type { OssRequest } from '../../src/protocol/sign-v4.ts'
import { startCallbackServer, startEmulatorOnSocket } from './emulator-on-socket.ts'
import { KEY } from './emulator-with-client.ts'

async function start(options: Partial<EmulatorOptions> = {}) {
  const { emulator, server } = await startEmulatorOnSocket(options)
  const sign = (
    request: Pick<OssRequest, 'method' | 'key' | 'query' | 'headers' | 'additionalHeaders'>,
  ) =>
    presign(
      { bucket: 'examplebucket', region: 'cn-hangzhou', endpoint: server.url, ...request },
      { credentials: KEY, now: new Date(), expiresInSeconds: 60 },
    )
  return { emulator, server, sign }
}

describe('the local OSS behind a socket', () => {
  it('sends a real callback with the headers of OSS, signed over decoded path and raw query', async () => {
    const { emulator, sign } = await start()
    const { received, port } = await startCallbackServer()
    const { callback } = encodeCallback({
      url: `http://127.0.0.1:${port}/a%20b/%E4%B8%AD?x=%31`,
      host: 'cb.example.com',
      body: 'object=${object}&size=${size}',
    })
    const { url } = sign({ method: 'PUT', key: '中 文.txt', query: { callback } })
    const response = await fetch(url, { method: 'PUT', body: new Uint8Array(3) })
    expect([response.status, await response.json()]).toEqual([200, { ok: true }])
    const [seen] = received
    expect(seen?.headers).toMatchObject({
      host: 'cb.example.com',
      connection: 'close',
      'content-type': 'application/x-www-form-urlencoded',
      'user-agent': 'aliyun-oss-callback',
      'x-oss-bucket': 'examplebucket',
      'x-oss-request-id': response.headers.get('x-oss-request-id'),
    })
    expect(seen?.body.toString()).toBe('object=%E4%B8%AD%20%E6%96%87.txt&size=3')
    const message = {
      target: seen?.target ?? '',
      body: seen?.body ?? new Uint8Array(),
      authorization: String(seen?.headers.authorization),
      publicKeyUrl: String(seen?.headers['x-oss-pub-key-url']),
    }
    const publicKeys = { [emulator.callbackPublicKeyUrl]: emulator.callbackPublicKey }
    expect(verifyCallback(message, { publicKeys })).toBe(true)
    expect(seen?.target).toBe('/a%20b/%E4%B8%AD?x=%31')
  })

  it('streams 64 MiB to the disk and back unchanged', async () => {
    const { sign } = await start()
    const data = new Uint8Array(64 * 1024 * 1024)
    for (let at = 0; at < data.length; at += 4096) data[at] = at % 251
    const put = sign({ method: 'PUT', key: 'large.bin' })
    expect((await fetch(put.url, { method: 'PUT', body: data })).status).toBe(200)
    const got = await fetch(sign({ method: 'GET', key: 'large.bin' }).url)
    const hash = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')
    expect(hash(new Uint8Array(await got.arrayBuffer()))).toBe(hash(data))
  })

  it('keeps dot segments and double slashes of the raw target in the key', async () => {
    const { server, emulator } = await start({
      buckets: [{ name: 'examplebucket', acl: 'public-read-write' }],
    })
    const status = await new Promise((resolve, reject) => {
      const request = requestHttp(
        {
          port: server.port,
          method: 'PUT',
          path: '/examplebucket/a/../b//c',
          headers: { 'content-length': 1 },
        },
        (received) => resolve(received.resume().statusCode),
      )
      request.on('error', reject)
      request.end('x')
    })
    expect(status).toBe(200)
    expect(emulator.log.requests[0]?.key).toBe('a/../b//c')
  })

  it('refuses a PUT whose length is not the one signed as additional header', async () => {
    const { sign } = await start()
    const { url } = sign({
      method: 'PUT',
      key: 'a',
      additionalHeaders: ['content-length'],
      headers: { 'content-length': '3' },
    })
    expect((await fetch(url, { method: 'PUT', body: new Uint8Array(4) })).status).toBe(403)
    expect((await fetch(url, { method: 'PUT', body: new Uint8Array(3) })).status).toBe(200)
  })

  it('sends 100 Continue only for a request that it would accept', async () => {
    const { server, sign } = await start()
    const send = (target: string) =>
      new Promise<string>((resolve, reject) => {
        const socket = connect(server.port, '127.0.0.1')
        let text = ''
        socket.on('error', reject)
        socket.on('data', (chunk) => {
          text += chunk.toString()
          if (/^HTTP\/1.1 100/.test(text) && !text.includes('200 OK')) socket.write('abc')
          if (/^HTTP\/1.1 (2|4)\d\d|\r\nHTTP\/1.1 200/.test(text)) {
            socket.destroy()
            resolve(text)
          }
        })
        socket.write(
          `PUT ${target} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n`,
        )
      })
    const good = new URL(sign({ method: 'PUT', key: 'continued' }).url)
    expect(await send(good.pathname + good.search)).toMatch(/^HTTP\/1.1 100 Continue/)
    expect(await send('/examplebucket/continued')).toMatch(/^HTTP\/1.1 403/)
  })

  it('stores nothing of an upload whose connection breaks', async () => {
    const { server, sign, emulator } = await start()
    const { pathname, search } = new URL(sign({ method: 'PUT', key: 'broken' }).url)
    const logged = new Promise((resolve) => emulator.onRequest(resolve))
    const socket = connect(server.port, '127.0.0.1')
    socket.write(
      `PUT ${pathname}${search} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000\r\n\r\nhalf`,
    )
    await new Promise((resolve) => setTimeout(resolve, 50))
    socket.destroy()
    await logged
    expect((await fetch(sign({ method: 'GET', key: 'broken' }).url)).status).toBe(404)
  })

  it('takes two long callback parameters in one URL', async () => {
    const { sign } = await start()
    const { url: callbackUrl } = await startCallbackServer()
    const long = (field: string, size: number) => {
      const text = JSON.stringify(
        field === 'var'
          ? { 'x:a': '?'.repeat(size) }
          : { callbackUrl, callbackBody: `a=\${x:a}&b=${'?'.repeat(size)}` },
      )
      return Buffer.from(text).toString('base64')
    }
    const query = { callback: long('callback', 3700), 'callback-var': long('var', 3800) }
    const { url } = sign({ method: 'PUT', key: 'a', query })
    expect((await fetch(url, { method: 'PUT' })).status).toBe(200)
  })

  it('sends a refusal also to a client that is still sending', async () => {
    const { server, emulator } = await start()
    const response = await fetch(`${server.url}/examplebucket/a`, {
      method: 'PUT',
      body: new Uint8Array(8 * 1024 * 1024),
    })
    expect([response.status, response.headers.get('connection')]).toEqual([403, 'close'])
    expect(emulator.log.requests.at(-1)?.code).toBe('AccessDenied')
  })

  it('closes without waiting for idle connections', async () => {
    const { server } = await start()
    const agent = new Agent({ keepAlive: true })
    await new Promise((resolve, reject) => {
      const sent = requestHttp(
        { port: server.port, path: '/examplebucket/a', agent },
        (response) => {
          response.resume().on('end', resolve)
        },
      )
      sent.on('error', reject)
      sent.end()
    })
    await server.close()
    agent.destroy()
    await expect(fetch(server.url)).rejects.toThrow()
  })
})
