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

/** Writes raw bytes and reads until the server closes, or for `waitMs` after the last byte. */
function sendRaw(port: number, writes: (string | Buffer)[], waitMs = 300): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1')
    let text = ''
    const finish = () => {
      socket.destroy()
      resolve(text)
    }
    let timer = setTimeout(finish, waitMs * 10)
    socket.on('error', reject)
    socket.on('close', finish)
    socket.on('data', (chunk) => {
      text += chunk.toString()
      clearTimeout(timer)
      timer = setTimeout(finish, waitMs)
    })
    const [first = '', ...rest] = writes
    socket.write(first)
    for (const [at, bytes] of rest.entries()) setTimeout(() => socket.write(bytes), (at + 1) * 30)
  })
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

  it('ends the connection of a form that it refuses in the middle', async () => {
    const { server } = await start()
    const form = new FormData()
    form.append('key', 'a')
    form.append('policy', 'not a policy')
    form.append('file', new Blob([new Uint8Array(1024 * 1024)]), 'a')
    const sent = await fetch(`${server.url}/examplebucket`, { method: 'POST', body: form })
    expect([sent.status, sent.headers.get('connection')]).toEqual([400, 'close'])
    await sent.text()
    const startedAt = performance.now()
    await server.close()
    expect(performance.now() - startedAt).toBeLessThan(5000)
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

describe('a request with Content-Length and chunked, as ali-oss sends a stream of known length', () => {
  const chunked = (target: string, length: string, body: string) =>
    `PUT ${target} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: ${length}\r\nTransfer-Encoding: chunked\r\n\r\n${body}`

  async function setUp() {
    const { server, sign, emulator } = await start()
    const target = (key: string, signed: object = {}) => {
      const { pathname, search } = new URL(sign({ method: 'PUT', key, ...signed }).url)
      return pathname + search
    }
    const read = async (key: string) => (await fetch(sign({ method: 'GET', key }).url)).text()
    return { server, target, read, emulator }
  }

  it('is stored, whatever the order of the two headers', async () => {
    const { server, target, read, emulator } = await setUp()
    const body = '3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n'
    expect(await sendRaw(server.port, [chunked(target('a'), '5', body)])).toMatch(/^HTTP\/1.1 200/)
    const swapped = `PUT ${target('b')} HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\nHost: 127.0.0.1\r\n\r\n${body}`
    expect(await sendRaw(server.port, [swapped])).toMatch(/^HTTP\/1.1 200/)
    expect([await read('a'), await read('b')]).toEqual(['abcde', 'abcde'])
    expect(emulator.log.requests.filter(({ status }) => status === 200)).toHaveLength(4)
  })

  it('may have a length that is signed, and a body of many packets', async () => {
    const { server, target, read } = await setUp()
    const signed = { additionalHeaders: ['content-length'], headers: { 'content-length': '70000' } }
    const piece = 'x'.repeat(35_000)
    const packets = [`88b8\r\n${piece}\r\n`, `88b8\r\n${piece}\r\n`, '0\r\n\r\n']
    const response = await sendRaw(server.port, [
      chunked(target('a', signed), '70000', ''),
      ...packets,
    ])
    expect(response).toMatch(/^HTTP\/1.1 200/)
    expect(response).toMatch(/connection: close/i)
    expect(await read('a')).toBe(piece + piece)
  })

  it('is refused when the two lengths differ, and nothing is stored', async () => {
    const { server, target, read } = await setUp()
    const response = await sendRaw(server.port, [
      chunked(target('a'), '4', '3\r\nabc\r\n0\r\n\r\n'),
    ])
    expect(response).toMatch(/^HTTP\/1.1 400.*<Code>RequestTimeout<\/Code>/s)
    expect(await read('a')).toContain('NoSuchKey')
  })

  it('works as the second request of a connection', async () => {
    const { server, target, read } = await setUp()
    const first = `PUT ${target('a')} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1\r\n\r\na`
    const second = chunked(target('b'), '3', '3\r\nabc\r\n0\r\n\r\n')
    const text = await sendRaw(server.port, [first, second])
    expect(text.match(/HTTP\/1.1 200/g)).toHaveLength(2)
    expect(await read('b')).toBe('abc')
  })

  it('that breaks off stores nothing and does not stop the server', async () => {
    const { server, target, read } = await setUp()
    const socket = connect(server.port, '127.0.0.1')
    socket.write(chunked(target('a'), '1000', '3\r\nabc\r\n'))
    await new Promise((resolve) => setTimeout(resolve, 50))
    socket.destroy()
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(await read('a')).toContain('NoSuchKey')
  })
})

describe('what the HTTP parser refuses gets the XML of OSS and a request id', () => {
  it.each([
    ['no HTTP at all', 'hello\r\n\r\n', 405, 'MethodNotAllowed'],
    ['an unknown method', 'FOO / HTTP/1.1\r\nHost: h\r\n\r\n', 405, 'MethodNotAllowed'],
    ['CONNECT', 'CONNECT h:1 HTTP/1.1\r\nHost: h\r\n\r\n', 405, 'MethodNotAllowed'],
    ['a space in a header name', 'GET / HTTP/1.1\r\nHost: h\r\nA b: c\r\n\r\n', 400, 'BadRequest'],
    [
      'two lengths',
      'PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\na',
      400,
      'BadRequest',
    ],
    [
      'a transfer coding that is not chunked',
      'PUT / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip\r\nContent-Length: 1\r\n\r\na',
      400,
      'BadRequest',
    ],
    [
      'headers of more than 64 KiB',
      `GET / HTTP/1.1\r\nHost: h\r\nX: ${'x'.repeat(70_000)}\r\n\r\n`,
      400,
      'BadRequest',
    ],
    ['no Host', 'GET /examplebucket/a HTTP/1.1\r\n\r\n', 400, 'BadRequest'],
  ])('%s', async (_, text, status, code) => {
    const { server } = await start()
    const response = await sendRaw(server.port, [text])
    expect(response).toMatch(new RegExp(`^HTTP/1.1 ${status} `))
    expect(response).toMatch(/x-oss-request-id: [0-9A-F]{24}/i)
    expect(response).toContain(`<Code>${code}</Code>`)
    expect(response).toMatch(/<RequestId>[0-9A-F]{24}<\/RequestId>/)
  })

  it('a bad chunk in the middle of a body', async () => {
    const { server, sign } = await start()
    const { pathname, search } = new URL(sign({ method: 'PUT', key: 'a' }).url)
    const head = `PUT ${pathname}${search} HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n`
    await sendRaw(server.port, [head, '3\r\nabc\r\n', 'zz\r\n'])
    expect((await fetch(sign({ method: 'GET', key: 'a' }).url)).status).toBe(404)
  })

  it('an expectation that is not 100-continue is ignored', async () => {
    const { server } = await start()
    const text = 'GET /examplebucket/a HTTP/1.1\r\nHost: h\r\nExpect: 200-ok\r\n\r\n'
    expect(await sendRaw(server.port, [text])).toMatch(/^HTTP\/1.1 403 /)
  })
})
