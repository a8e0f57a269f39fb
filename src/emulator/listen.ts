/**
 * Serves the emulator over HTTP on a socket. Bodies stream in both directions; the request target is passed on as
 * it was sent.
 */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Emulator } from './app.ts'
import { createNodeTransport } from './callback/node-transport.ts'
import { bodyIncomplete } from './http/errors.ts'
import { encodeHeaders } from './http/fetch-adapter.ts'
import { decodeHeaderValue, type EmulatorReply, type EmulatorRequest } from './http/message.ts'

export interface ListenOptions {
  /** 0 chooses a free port. */
  port: number
  /** @default '127.0.0.1' */
  host?: string
}

export interface Listening {
  url: string
  port: number
  /** Accepts no new connections and resolves when running requests have ended. */
  close(): Promise<void>
}

// A client that is refused in the middle of its body may still be sending; reading on lets it see the response.
const MAX_DRAINED_BYTES = 64 * 1024 * 1024
// `close` waits this long for running requests, then cuts their connections.
const CLOSE_TIMEOUT_MS = 10_000
const IDLE_CHECK_MS = 20

/** @throws when the port cannot be opened */
export async function listen(
  emulator: Emulator,
  { port, host = '127.0.0.1' }: ListenOptions,
): Promise<Listening> {
  await emulator.ready()
  const callbackTransport = createNodeTransport()

  async function serve(
    incoming: IncomingMessage,
    outgoing: ServerResponse,
    onFirstRead: () => void,
  ): Promise<void> {
    try {
      const request = toRequest(incoming, onFirstRead)
      const reply = await emulator.handle(request, { callbackTransport })
      await send(reply, incoming, outgoing, isClosing)
    } catch {
      // A planned fault, or a client that disconnected: no response is sent in either case.
      incoming.socket.destroy()
    }
  }

  const server = createServer({
    // 5 GB over a slow line take longer than Node's default of five minutes for a request.
    requestTimeout: 0,
    // Two callback parameters of 5 KB each, percent-encoded, and a long token.
    maxHeaderSize: 64 * 1024,
    keepAliveTimeout: 60_000,
  })
  let isClosing = false
  server.on('request', (incoming, outgoing) => void serve(incoming, outgoing, () => {}))
  server.on('checkContinue', (incoming, outgoing) => {
    // 100 Continue is sent when an operation starts to read the body, so not for a request that is refused before.
    void serve(incoming, outgoing, () => outgoing.writeContinue())
  })
  server.listen(port, host)
  await once(server, 'listening')
  const bound = (server.address() as AddressInfo).port

  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${bound}`,
    port: bound,
    async close() {
      isClosing = true
      const closed = once(server, 'close')
      server.close()
      // A connection that is sending its last response turns idle only afterwards and would then stay open.
      const idleCheck = setInterval(() => server.closeIdleConnections(), IDLE_CHECK_MS)
      const timer = setTimeout(() => server.closeAllConnections(), CLOSE_TIMEOUT_MS)
      await closed
      clearTimeout(timer)
      clearInterval(idleCheck)
    },
  }
}

function toRequest(incoming: IncomingMessage, onFirstRead: () => void): EmulatorRequest {
  // Without a prototype: clients choose header names, and `constructor` is a valid header name.
  const headers: Record<string, string> = Object.create(null)
  const raw = incoming.rawHeaders
  for (let at = 0; at < raw.length; at += 2) {
    const name = (raw[at] ?? '').toLowerCase()
    const value = decodeHeaderValue(raw[at + 1] ?? '')
    headers[name] = Object.hasOwn(headers, name) ? `${headers[name]},${value}` : value
  }
  const hasBody =
    headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined
  const remote = incoming.socket.remoteAddress ?? ''
  return {
    method: incoming.method ?? 'GET',
    target: decodeHeaderValue(incoming.url ?? '/'),
    headers,
    body: hasBody ? readIncoming(incoming, onFirstRead) : null,
    remoteAddress: remote.replace(/^::ffff:/, ''),
    secure: false,
  }
}

/** The body's chunks. Stopping early keeps the connection open for the response. */
async function* readIncoming(
  incoming: IncomingMessage,
  onFirstRead: () => void,
): AsyncGenerator<Uint8Array> {
  onFirstRead()
  try {
    yield* incoming.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>
  } catch {
    throw bodyIncomplete()
  }
}

async function send(
  { status, headers, body }: EmulatorReply,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  isClosing: boolean,
): Promise<void> {
  outgoing.sendDate = false
  // A request that was refused early has a body that is not read: the connection cannot be used again.
  const isRead = incoming.complete || incoming.readableEnded
  outgoing.writeHead(
    status,
    encodeHeaders({ ...headers, ...((!isRead || isClosing) && { connection: 'close' }) }),
  )
  if (body === undefined || typeof body === 'string' || body instanceof Uint8Array) {
    if (!isRead) {
      // Closing with bytes unread would reset the connection, and the client might never see the response.
      if (body === undefined || body.length === 0) outgoing.flushHeaders()
      else outgoing.write(body)
      await drain(incoming)
      outgoing.end()
    } else {
      outgoing.end(body)
    }
  } else {
    try {
      for await (const chunk of body.chunks) {
        if (outgoing.destroyed) return
        if (!outgoing.write(chunk) && !outgoing.destroyed) await untilWritable(outgoing)
      }
      outgoing.end()
    } finally {
      body.close()
    }
  }
}

/** Resolves when more can be written, or when the connection is closed. */
function untilWritable(outgoing: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      outgoing.off('drain', done)
      outgoing.off('close', done)
      resolve()
    }
    outgoing.on('drain', done)
    outgoing.on('close', done)
  })
}

function drain(incoming: IncomingMessage): Promise<void> {
  return new Promise((resolve) => {
    let size = 0
    incoming.on('data', (chunk: Uint8Array) => {
      size += chunk.byteLength
      if (size > MAX_DRAINED_BYTES) incoming.destroy()
    })
    for (const event of ['end', 'close', 'error']) incoming.once(event, () => resolve())
    incoming.resume()
  })
}
