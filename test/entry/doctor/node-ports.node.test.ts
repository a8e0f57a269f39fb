/** The ports over real sockets of this machine. */
import { once } from 'node:events'
import { createServer as createPlainServer } from 'node:http'
import type { AddressInfo, Server } from 'node:net'
import {
  createServer as createTlsServer,
  getCACertificates,
  setDefaultCACertificates,
} from 'node:tls'
import { afterEach, describe, expect, it } from 'vitest'
import { findCode } from '../../../src/entry/doctor/network.ts'
import { createNodePorts } from '../../../src/entry/doctor/node-ports.ts'
import { CERTIFICATE } from '../../support/tls.ts'

const { connectTls, resolve, fetch: send } = createNodePorts()
const open: Server[] = []

function closeAll(): void {
  for (const server of open.splice(0)) server.close()
}

afterEach(closeAll)

async function listen(server: Server) {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  open.push(server)
  return (server.address() as AddressInfo).port
}

const listenTls = () =>
  listen(createTlsServer(CERTIFICATE, (socket) => socket.on('error', () => {})))

describe('a handshake', () => {
  it('succeeds with a certificate of a known authority, with and without the name', async () => {
    const port = await listenTls()
    const known = getCACertificates('default')
    setDefaultCACertificates([...known, CERTIFICATE.cert])
    try {
      const place = { address: '127.0.0.1', port }
      const named = await connectTls({ ...place, host: 'localhost', withName: true })
      expect(named).toEqual({ kind: 'ok', validTo: new Date('2120-01-01T00:00:00.000Z') })
      // Without a name, the certificate must be for the host all the same.
      expect(await connectTls({ ...place, host: 'localhost', withName: false })).toEqual(named)
      for (const withName of [true, false]) {
        expect(await connectTls({ ...place, host: 'other.example', withName })).toEqual({
          kind: 'failed',
          code: 'ERR_TLS_CERT_ALTNAME_INVALID',
        })
      }
    } finally {
      setDefaultCACertificates(known)
    }
  })

  it('says why it fails', async () => {
    const host = 'localhost'
    const handshake = (port: number) =>
      connectTls({ host, address: '127.0.0.1', port, withName: true })
    expect(await handshake(await listenTls())).toEqual({
      kind: 'failed',
      code: 'DEPTH_ZERO_SELF_SIGNED_CERT',
    })
    const plain = await listen(createPlainServer())
    expect(await handshake(plain)).toMatchObject({
      code: expect.stringMatching(/^(EPROTO|ERR_SSL)/),
    })
    closeAll()
    expect(await handshake(plain)).toEqual({ kind: 'failed', code: 'ECONNREFUSED' })
  })
})

it('names resolve to addresses', async () => {
  expect(await resolve('127.0.0.1')).toEqual(['127.0.0.1'])
  await expect(resolve('no.such.name.invalid')).rejects.toMatchObject({
    code: expect.stringMatching(/^(ENOTFOUND|EAI_AGAIN)$/),
  })
})

it('a preflight has the headers that a browser sends', async () => {
  const seen: Record<string, unknown>[] = []
  const port = await listen(
    createPlainServer((request, response) => {
      seen.push({ method: request.method, ...request.headers })
      response.end()
    }),
  )
  const headers = { origin: 'https://a.example', 'access-control-request-method': 'PUT' }
  const response = await send(`http://127.0.0.1:${port}/x`, { method: 'OPTIONS', headers })
  await response.arrayBuffer()
  expect(seen[0]).toMatchObject({ method: 'OPTIONS', ...headers })
})

it('a refused connection has a code', async () => {
  const port = await listen(createPlainServer())
  closeAll()
  const failure = await send(`http://127.0.0.1:${port}/`).catch(findCode)
  expect(failure).toBe('ECONNREFUSED')
})
