/**
 * Adapter for tests and other Web code: `Request` in, `Response` out.
 */
import { concatBytes } from '../../protocol/bytes.ts'
import type { EmulatorReply, EmulatorRequest, ReplyStream } from './message.ts'
import { decodeHeaderValue } from './message.ts'

// Web clients send the length of a body that they hold in memory. A longer body is treated as chunked.
const MAX_BUFFERED_BYTES = 64 * 1024 * 1024

/** @param target raw path and query; in `request.url` dot segments are resolved already */
export async function toEmulatorRequest(
  request: Request,
  target: string | undefined,
): Promise<EmulatorRequest> {
  const url = new URL(request.url)
  const headers: Record<string, string> = Object.create(null)
  request.headers.forEach((value, name) => {
    headers[name] = decodeHeaderValue(value)
  })
  headers.host ??= url.host
  let body: AsyncIterable<Uint8Array> | null = request.body
  if (headers['content-length'] === undefined) {
    const { chunks, size, rest } = await readAhead(request.body)
    if (rest) {
      headers['transfer-encoding'] = 'chunked'
      body = joinChunks(chunks, rest)
    } else {
      if (request.body || /^(PUT|POST)$/.test(request.method)) {
        headers['content-length'] = String(size)
      }
      body = size === 0 ? null : joinChunks([concatBytes(chunks, size)], undefined)
    }
  }
  return {
    method: request.method,
    target: target ?? request.url.slice(url.origin.length).replace(/#.*$/, ''),
    headers,
    body,
    remoteAddress: '127.0.0.1',
    secure: url.protocol === 'https:',
  }
}

async function readAhead(body: ReadableStream<Uint8Array> | null) {
  const chunks: Uint8Array[] = []
  let size = 0
  const reader = body?.getReader()
  while (reader && size <= MAX_BUFFERED_BYTES) {
    const { done, value } = await reader.read()
    if (done) return { chunks, size }
    chunks.push(value)
    size += value.byteLength
  }
  return { chunks, size, ...(reader && { rest: reader }) }
}

async function* joinChunks(
  chunks: Uint8Array[],
  rest: ReadableStreamDefaultReader<Uint8Array> | undefined,
): AsyncGenerator<Uint8Array> {
  yield* chunks
  while (rest) {
    const { done, value } = await rest.read()
    if (done) return
    yield value
  }
}

export function toResponse({ status, headers, body }: EmulatorReply): Response {
  const content =
    body === undefined || typeof body === 'string' || body instanceof Uint8Array
      ? (body ?? null)
      : toReadableStream(body)
  return new Response(content as BodyInit | null, { status, headers: encodeHeaders(headers) })
}

/** Header values that are UTF-8 become one character per byte, as on the wire. */
export function encodeHeaders(headers: Record<string, string>): Record<string, string> {
  const encoder = new TextEncoder()
  const encoded: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers)) {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: a line end would end the header
    const line = value.replace(/[\u0000-\u001f\u007f]/g, ' ')
    encoded[name] = /^[ -~]*$/.test(line) ? line : String.fromCharCode(...encoder.encode(line))
  }
  return encoded
}

function toReadableStream({ chunks, close }: ReplyStream): ReadableStream<Uint8Array> {
  const iterator = chunks[Symbol.asyncIterator]()
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await iterator.next()
      if (done) controller.close()
      else controller.enqueue(value)
    },
    async cancel() {
      close()
      await iterator.return?.()
    },
  })
}
