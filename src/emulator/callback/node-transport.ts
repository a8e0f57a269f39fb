/**
 * Callbacks over plain Node HTTP: the Host header and the address are ours to choose, and nothing follows a
 * redirect or keeps a connection.
 */
import { lookup } from 'node:dns/promises'
import { type IncomingMessage, request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
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
      readAnswer(response, call.maxAnswerBytes).then(finish, () => finish({ kind: 'unreachable' }))
    })
    request.end(call.body)
  })
}

async function readAnswer(response: IncomingMessage, maxBytes: number): Promise<CallbackOutcome> {
  if (Number(response.headers['content-length']) > maxBytes) return { kind: 'too-long' }
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of response as AsyncIterable<Uint8Array>) {
    size += chunk.byteLength
    if (size > maxBytes) return { kind: 'too-long' }
    chunks.push(chunk)
  }
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(response.headers)) headers[name] = String(value)
  const body = new Uint8Array(size)
  let at = 0
  for (const chunk of chunks) {
    body.set(chunk, at)
    at += chunk.byteLength
  }
  return { kind: 'answer', status: response.statusCode ?? 0, headers, body }
}
