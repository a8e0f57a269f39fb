import { createServer, type RequestListener } from 'node:http'
import { type AddressInfo, createServer as createTcpServer } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createNodeTransport } from '../../../src/emulator/callback/node-transport.ts'
import type { CallbackCall } from '../../../src/emulator/callback/transport.ts'
import { bytesOf } from '../emulator-with-client.ts'

async function serve(listener: RequestListener): Promise<number> {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return (server.address() as AddressInfo).port
}

const call = (port: number, more: Partial<CallbackCall> = {}): CallbackCall => ({
  url: '',
  target: '/a/../b?x=%31',
  hostName: '127.0.0.1',
  port,
  secure: false,
  host: 'h.example',
  headers: { host: 'h.example', connection: 'close', 'content-length': '5' },
  body: bytesOf('hello'),
  timeoutMs: 2000,
  sni: false,
  maxResponseBytes: 10,
  ...more,
})

const { send, resolve } = createNodeTransport()

describe('callbacks over plain HTTP', () => {
  it('send target, Host and body exactly as given, on a connection of their own', async () => {
    const seen: unknown[] = []
    const port = await serve((request, response) => {
      let body = ''
      request.on('data', (chunk) => {
        body += chunk
      })
      request.on('end', () => {
        seen.push([
          request.method,
          request.url,
          request.headers.host,
          request.headers.connection,
          body,
        ])
        response.end('{"a":1}')
      })
    })
    expect(await send(call(port))).toMatchObject({
      kind: 'response',
      status: 200,
      body: bytesOf('{"a":1}'),
    })
    expect(seen).toEqual([['POST', '/a/../b?x=%31', 'h.example', 'close', 'hello']])
  })

  it('connect to the given address, whatever the name', async () => {
    const port = await serve((_, response) => response.end('{}'))
    const outcome = await send(call(port, { hostName: 'nowhere.invalid', address: '127.0.0.1' }))
    expect(outcome).toMatchObject({ kind: 'response', status: 200 })
  })

  it('do not follow redirects', async () => {
    let count = 0
    const port = await serve((_, response) => {
      count += 1
      response.writeHead(302, { location: '/other' }).end()
    })
    expect(await send(call(port))).toMatchObject({ kind: 'response', status: 302 })
    expect(count).toBe(1)
  })

  it('give up on long responses, with and without a length', async () => {
    const declared = await serve((_, response) => response.end('12345678901'))
    expect(await send(call(declared))).toEqual({ kind: 'too-long' })
    const chunked = await serve((_, response) => {
      response.write('123456')
      response.end('78901')
    })
    expect(await send(call(chunked))).toEqual({ kind: 'too-long' })
  })

  it('give up in time, before and after the head of the response', async () => {
    const silent = await serve(() => {})
    expect(await send(call(silent, { timeoutMs: 20 }))).toEqual({ kind: 'timeout' })
    const stuck = await serve((_, response) => void response.writeHead(200).write('1'))
    expect(await send(call(stuck, { timeoutMs: 20 }))).toEqual({ kind: 'timeout' })
  })

  it('report a refused connection, and a connection that was cut', async () => {
    const gone = createTcpServer()
    await new Promise<void>((done) => gone.listen(0, '127.0.0.1', done))
    const { port } = gone.address() as AddressInfo
    await new Promise((done) => gone.close(done))
    expect(await send(call(port))).toEqual({ kind: 'unreachable' })
    const cut = await serve((request) => request.socket.destroy())
    expect(await send(call(cut))).toEqual({ kind: 'unreachable' })
    const plain = await serve((_, response) => response.end('{}'))
    expect(await send(call(plain, { secure: true, sni: true, hostName: 'localhost' }))).toEqual({
      kind: 'unreachable',
    })
  })

  it('resolve names to IPv4, or to nothing', async () => {
    expect(await resolve?.('127.0.0.1')).toEqual(['127.0.0.1'])
    expect(await resolve?.('nowhere.invalid')).toEqual([])
  })
})
