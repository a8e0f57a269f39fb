/**
 * Requests and replies inside the emulator: raw request target, headers by lower-case name, bodies that stream.
 * An adapter (a socket, or `fetch`) converts its own messages to these and back.
 */
import { concatBytes } from '../../protocol/bytes.ts'

export interface EmulatorRequest {
  method: string
  /** Path and query exactly as on the request line: a WHATWG URL would resolve `..`. */
  target: string
  /** Lower-case names; equal names joined by `,`. */
  headers: Record<string, string>
  body: AsyncIterable<Uint8Array> | null
  /** The uploader's address, for `${clientIp}`. */
  remoteAddress: string
  secure: boolean
}

/** Bytes to send. `close` must be called when they were sent, or will not be sent. */
export interface ReplyStream {
  chunks: AsyncIterable<Uint8Array>
  close(): void
}

export interface EmulatorReply {
  status: number
  headers: Record<string, string>
  body?: string | Uint8Array | ReplyStream
}

/** The connection is cut without a response: a planned fault. */
export class ConnectionDropped extends Error {
  override readonly name = 'ConnectionDropped'
}

/** Node and `fetch` give header bytes as one character each. Decodes them as UTF-8 if they are valid UTF-8. */
export function decodeHeaderValue(value: string): string {
  const text = value.trim()
  const bytes = new Uint8Array(text.length)
  let highest = 0
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    highest = Math.max(highest, code)
    bytes[at] = code
  }
  if (highest < 0x80 || highest > 0xff) return text
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return text
  }
}

/** The whole body as bytes; undefined when it is longer than `maxBytes`. */
export async function readBody(
  body: AsyncIterable<Uint8Array> | null,
  maxBytes: number,
): Promise<Uint8Array | undefined> {
  if (!body) return new Uint8Array()
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of body) {
    size += chunk.byteLength
    if (size > maxBytes) return undefined
    chunks.push(chunk)
  }
  return concatBytes(chunks, size)
}
