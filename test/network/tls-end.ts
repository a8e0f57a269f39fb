/** Where TLS ends: before a server that speaks HTTP/1.1, whose connections it passes on as they are. */
import { once } from 'node:events'
import { type AddressInfo, connect } from 'node:net'
import { createServer } from 'node:tls'
import { CERTIFICATE } from '../support/tls.ts'

export interface TlsEnd {
  port: number
  close(): void
}

export async function createTlsEnd(targetPort: number): Promise<TlsEnd> {
  const server = createServer({ ...CERTIFICATE, ALPNProtocols: ['http/1.1'] }, (outer) => {
    const inner = connect(targetPort, '127.0.0.1')
    inner.setNoDelay(true)
    outer.setNoDelay(true)
    const end = () => {
      outer.destroy()
      inner.destroy()
    }
    for (const socket of [outer, inner]) {
      socket.on('error', end)
      socket.on('close', end)
    }
    outer.pipe(inner).pipe(outer)
  })
  server.on('tlsClientError', () => {})
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { port: (server.address() as AddressInfo).port, close: () => void server.close() }
}
