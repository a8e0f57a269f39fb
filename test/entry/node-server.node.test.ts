/** Slow and idle clients on real sockets, with shorter limits than those of production. */
import type { Server } from 'node:http'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startServer } from '../../src/entry/node-server.ts'
import { dial } from '../support/dial.ts'

let server: Server
let port: number
const addresses: (string | undefined)[] = []

beforeEach(async () => {
  port = await new Promise((resolve) => {
    server = startServer(
      {
        async fetch(request, remoteAddress) {
          addresses.push(remoteAddress)
          return new Response(await request.text())
        },
        host: '127.0.0.1',
        port: 0,
        limits: {
          headersTimeout: 300,
          requestTimeout: 600,
          keepAliveTimeout: 300,
          connectionsCheckingInterval: 50,
        },
      },
      resolve,
    )
  })
})

afterEach(() => {
  server.closeAllConnections()
  server.close()
})

describe('the Node server', () => {
  it('has limits for heads, requests and idle connections', () => {
    const other = startServer(
      { fetch: async () => new Response(), host: '127.0.0.1', port: 0 },
      () => other.close(),
    )
    expect(other.headersTimeout).toBe(10_000)
    expect(other.requestTimeout).toBe(30_000)
    expect(other.keepAliveTimeout).toBe(65_000)
  })

  it('tells the address of the connection', async () => {
    await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body: 'x' })
    expect(addresses.at(-1)).toBe('127.0.0.1')
  })

  it('cuts a head that comes too slowly', async () => {
    const socket = await dial(port)
    socket.write('POST / HTTP/1.1\r\nhost: a\r\n')
    const dripping = setInterval(() => socket.write('x-a: b\r\n'), 50)
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 408 /)
    clearInterval(dripping)
  })

  it('cuts a connection that says nothing', async () => {
    const socket = await dial(port)
    expect(await text(socket)).toMatch(/^(?:HTTP\/1\.1 408 |$)/)
  })

  it('cuts a body that comes too slowly', async () => {
    const socket = await dial(port)
    socket.write('POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 1000\r\n\r\n')
    const dripping = setInterval(() => socket.write('x'), 50)
    // Cut while it sends, it may see a reset instead of an end.
    await text(socket).catch(() => '')
    clearInterval(dripping)
    expect(socket.destroyed).toBe(true)
  })

  it('closes a connection that is idle after a response', async () => {
    const socket = await dial(port)
    socket.write('POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\n\r\nx')
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 200 /)
  })
})
