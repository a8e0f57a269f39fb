/**
 * Serves the emulator over HTTP on a socket. Bodies stream in both directions; the request target is passed on as
 * it was sent.
 */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Emulator } from './app.ts'
import { createNodeTransport } from './callback/node-transport.ts'
import { type ParseError, removeContentLength, reparse } from './node/chunked-with-length.ts'
import { buildMalformedResponse } from './node/malformed-request.ts'
import { sendReply, toEmulatorRequest } from './node/messages.ts'

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

// `close` waits this long for running requests, then cuts their connections.
const CLOSE_TIMEOUT_MS = 10_000
const IDLE_CHECK_MS = 20

/** @throws when the port cannot be opened */
export async function listen(
  emulator: Pick<Emulator, 'ready' | 'handle'>,
  { port, host = '127.0.0.1' }: ListenOptions,
): Promise<Listening> {
  await emulator.ready()
  const callbackTransport = createNodeTransport()

  /** Socket → the Content-Length that was removed from its next request. */
  const declaredBytes = new WeakMap<object, number>()
  const reparsed = new WeakSet<object>()
  /** Sockets on which a response may have begun. */
  const responding = new WeakSet<object>()

  async function serve(
    incoming: IncomingMessage,
    outgoing: ServerResponse,
    onFirstRead: () => void,
  ): Promise<void> {
    const { socket } = incoming
    responding.add(socket)
    const declared = declaredBytes.get(socket)
    declaredBytes.delete(socket)
    try {
      const request = toEmulatorRequest(incoming, declared, onFirstRead)
      const reply = await emulator.handle(request, { callbackTransport })
      // A reparsed connection serves a single request: it would need another parser for each.
      await sendReply(reply, incoming, outgoing, isClosing || declared !== undefined)
    } catch {
      // A planned fault, or a client that disconnected: no response is sent in either case.
      socket.destroy()
    }
    responding.delete(socket)
  }

  /** For what Node's parser refuses. @see https://nodejs.org/api/http.html#event-clienterror */
  function refuse(error: ParseError, socket: Duplex): void {
    if (reparsed.has(socket)) return
    const rewritten = socket.writable ? removeContentLength(error) : undefined
    if (rewritten) {
      reparsed.add(socket)
      const inner = reparse(server, socket)
      declaredBytes.set(inner, rewritten.declaredBytes)
      inner.push(rewritten.packet)
    } else if (!socket.writable || responding.has(socket)) {
      socket.destroy()
    } else {
      socket.end(buildMalformedResponse(error.code, new Date()), 'latin1', () => socket.destroy())
    }
  }

  const server = createServer({
    // 5 GB over a slow line take longer than Node's default of five minutes for a request.
    requestTimeout: 0,
    // Two callback parameters of 5 KB each, percent-encoded, and a long token.
    maxHeaderSize: 64 * 1024,
    keepAliveTimeout: 60_000,
    // A request without Host is refused with OSS's error, not with Node's empty one.
    requireHostHeader: false,
  })
  let isClosing = false
  server.on('request', (incoming, outgoing) => void serve(incoming, outgoing, () => {}))
  server.on('checkContinue', (incoming, outgoing) => {
    // 100 Continue is sent when an operation starts to read the body, so not for a request that is refused before.
    void serve(incoming, outgoing, () => outgoing.writeContinue())
  })
  // Any other expectation is ignored.
  server.on('checkExpectation', (incoming, outgoing) => void serve(incoming, outgoing, () => {}))
  server.on('clientError', refuse)
  server.on('connect', (_, socket) => refuse({ code: 'HPE_INVALID_METHOD' }, socket))
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
