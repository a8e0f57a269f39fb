/**
 * Callbacks over Node's HTTP client, which can set the Host header and the address to connect to. Redirects are
 * not followed and connections are not reused.
 */
import { lookup } from 'node:dns/promises'
import { type IncomingMessage, request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import { readBody } from '../http/message.ts'
import type { CallbackCall, CallbackOutcome, CallbackTransport } from './transport.ts'

export function createNodeTransport(): CallbackTransport {
  return { resolve, send }
}

async function resolve(hostName: string): Promise<string[]> {
  try {
    const found = await lookup(hostName, { all: true, family: 4 })
    return found.map(({ address }) => address)
  } catch {
    return []
  }
}

function send(call: CallbackCall): Promise<CallbackOutcome> {
  return new Promise((settle) => {
    const options = {
      host: call.address ?? call.hostName,
      port: call.port,
      path: call.target,
      method: 'POST',
      headers: call.headers,
      agent: false,
      setHost: false,
      // Without callbackSNI the handshake does not say which host is meant.
      servername: call.sni ? call.hostName : '',
    }
    const request = call.secure ? requestHttps(options) : requestHttp(options)
    const finish = (outcome: CallbackOutcome) => {
      clearTimeout(timer)
      request.destroy()
      settle(outcome)
    }
    const timer = setTimeout(() => finish({ kind: 'timeout' }), call.timeoutMs)
    request.on('error', () => finish({ kind: 'unreachable' }))
    request.on('response', (response) => {
      readResponse(response, call.maxResponseBytes).then(finish, () =>
        finish({ kind: 'unreachable' }),
      )
    })
    request.end(call.body)
  })
}

async function readResponse(response: IncomingMessage, maxBytes: number): Promise<CallbackOutcome> {
  if (Number(response.headers['content-length']) > maxBytes) return { kind: 'too-long' }
  const body = await readBody(response as AsyncIterable<Uint8Array>, maxBytes)
  if (!body) return { kind: 'too-long' }
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(response.headers)) headers[name] = String(value)
  return { kind: 'response', status: response.statusCode ?? 0, headers, body }
}
