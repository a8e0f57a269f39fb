/**
 * Accepts requests that have both `Transfer-Encoding: chunked` and `Content-Length`, as OSS does: ali-oss sends them
 * for a stream of known length. Node's parser refuses them, and its lenient mode would accept much more. So when it
 * has refused such a request, the head is sent to a fresh parser without its Content-Length.
 *
 * The head must have come in one packet. Clients send it so; otherwise the refusal stands.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9112#section-6.1
 */
import type { Server } from 'node:http'
import { Duplex } from 'node:stream'

const CODES = new Set(['HPE_INVALID_TRANSFER_ENCODING', 'HPE_INVALID_CONTENT_LENGTH'])

/** What is used of Node's error when a request cannot be parsed. */
export interface ParseError {
  code?: string
  /** The packet that was being parsed. */
  rawPacket?: Buffer
}

export interface RewrittenHead {
  packet: Buffer
  /** Value of the Content-Length that was removed, in bytes. */
  declaredBytes: number
}

/** Undefined for a request that is wrong in any other way: it stays refused. */
export function removeContentLength({ code, rawPacket }: ParseError): RewrittenHead | undefined {
  if (!rawPacket || !CODES.has(code ?? '')) return
  const end = rawPacket.indexOf('\r\n\r\n')
  const [requestLine = '', ...lines] = rawPacket
    .subarray(0, Math.max(end, 0))
    .toString('latin1')
    .split('\r\n')
  if (!/^[A-Z]+ \S+ HTTP\/1\.1$/.test(requestLine)) return
  const valuesOf = (wanted: string) =>
    lines.flatMap((line) => {
      const [name = '', value = ''] = line.split(/:(.*)/s)
      return name.toLowerCase() === wanted ? [value.trim()] : []
    })
  const [declared = '', ...more] = valuesOf('content-length')
  const codings = valuesOf('transfer-encoding').join(',')
  if (more.length > 0 || !/^\d{1,15}$/.test(declared) || codings.toLowerCase() !== 'chunked') return
  const others = lines.filter((line) => !/^content-length:/i.test(line))
  const head = Buffer.from([requestLine, ...others].join('\r\n'), 'latin1')
  return {
    packet: Buffer.concat([head, rawPacket.subarray(end)]),
    declaredBytes: Number(declared),
  }
}

/**
 * Gives the connection to a fresh parser of the same server.
 *
 * @returns the socket that the server sees; the packet that was refused must be pushed to it, rewritten
 */
export function reparse(server: Server, socket: Duplex): Duplex {
  // The parser that refused the packet must get no more of the connection. Adding a listener makes it release
  // the socket's handle; then it only listens to these events.
  socket.on('data', () => {})
  socket.removeAllListeners('data')
  socket.removeAllListeners('end')
  const inner = new Duplex({
    read: () => void socket.resume(),
    write: (chunk, encoding, done) => void socket.write(chunk, encoding, done),
    final: (done) => void socket.end(done),
    destroy: (error, done) => {
      socket.destroy()
      done(error)
    },
  })
  socket.on('data', (chunk) => {
    if (!inner.push(chunk)) socket.pause()
  })
  socket.on('end', () => inner.push(null))
  socket.on('error', () => inner.destroy())
  socket.on('close', () => inner.destroy())
  Object.assign(inner, { remoteAddress: Reflect.get(socket, 'remoteAddress') })
  server.emit('connection', inner)
  return inner
}
