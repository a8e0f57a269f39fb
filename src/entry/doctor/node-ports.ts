/** The ports on a real machine. */
import { lookup } from 'node:dns/promises'
import { checkServerIdentity, connect } from 'node:tls'
import { createIds } from '../../service/ids.ts'
import { findCode } from './network.ts'
import type { DoctorPorts, TlsOptions, TlsResult } from './ports.ts'

/** Of a handshake, ms. */
const TLS_MS = 10_000

function connectTls({ host, address, port, withName }: TlsOptions): Promise<TlsResult> {
  return new Promise((resolve) => {
    const socket = connect({
      host: address,
      port,
      servername: withName ? host : '',
      checkServerIdentity: (_, certificate) => checkServerIdentity(host, certificate),
      timeout: TLS_MS,
    })
    const end = (result: TlsResult): void => {
      socket.destroy()
      resolve(result)
    }
    socket.once('secureConnect', () => {
      end({ kind: 'ok', validTo: new Date(socket.getPeerCertificate().valid_to) })
    })
    socket.once('timeout', () => end({ kind: 'failed', code: 'ETIMEDOUT' }))
    socket.on('error', (error) => end({ kind: 'failed', code: findCode(error) }))
  })
}

export function createNodePorts(): DoctorPorts {
  return {
    fetch: (input, init) => fetch(input, init),
    async resolve(host) {
      const found = await lookup(host, { all: true })
      return found.map(({ address }) => address)
    },
    connectTls,
    now: () => new Date(),
    newId: createIds(),
  }
}
