/**
 * Converts the messages of Node's HTTP server to those of the emulator and back. Bodies stream in both directions.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { bodyIncomplete } from '../http/errors.ts'
import { encodeHeaders } from '../http/fetch-adapter.ts'
import { decodeHeaderValue, type EmulatorReply, type EmulatorRequest } from '../http/message.ts'

// A client that is refused in the middle of its body may still be sending; reading on lets it see the response.
const MAX_DRAINED_BYTES = 64 * 1024 * 1024

/**
 * @param declaredBytes a Content-Length that is not among the headers any more
 * @param onFirstRead called when the body is read for the first time
 */
export function toEmulatorRequest(
  incoming: IncomingMessage,
  declaredBytes: number | undefined,
  onFirstRead: () => void,
): EmulatorRequest {
  // Without a prototype: clients choose header names, and `constructor` is a valid header name.
  const headers: Record<string, string> = Object.create(null)
  const raw = incoming.rawHeaders
  for (let at = 0; at < raw.length; at += 2) {
    const name = (raw[at] ?? '').toLowerCase()
    const value = decodeHeaderValue(raw[at + 1] ?? '')
    headers[name] = Object.hasOwn(headers, name) ? `${headers[name]},${value}` : value
  }
  if (declaredBytes !== undefined) headers['content-length'] = String(declaredBytes)
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

/** Sends the reply. The connection stays open if the whole request was read, unless `close` says otherwise. */
export async function sendReply(
  { status, headers, body }: EmulatorReply,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  close: boolean,
): Promise<void> {
  outgoing.sendDate = false
  // A request that was refused early has a body that is not read: the connection cannot be used again.
  const isRead = incoming.complete || incoming.readableEnded
  outgoing.writeHead(
    status,
    encodeHeaders({ ...headers, ...((!isRead || close) && { connection: 'close' }) }),
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
    // A reader that stopped in the middle still listens: nothing would flow.
    incoming.removeAllListeners('readable')
    incoming.resume()
  })
}
