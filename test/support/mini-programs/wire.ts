/**
 * What the stand-ins put on the wire: a multipart body as its sender frames it, over a socket of Node that keeps the case of
 * header names.
 */
import { request as startRequest } from 'node:http'

/** How a platform writes multipart bodies. */
export interface Framing {
  boundary: string
  /** `Content-Disposition` and `Content-Type` as they are written. */
  disposition: string
  contentType: string
  /** Written for fields, too: e.g. `text/plain; charset=UTF-8`. */
  fieldType?: string
  /** Each part tells its length, as OkHttp up to version 4 does. */
  hasLengths?: boolean
}

export interface FilePart {
  name: string
  fileName: string
  /** Media type. */
  type: string
  bytes: Uint8Array
}

/** Fields in their order, then the file. */
export function buildMultipart(
  framing: Framing,
  fields: Readonly<Record<string, string>>,
  file: FilePart,
): Buffer {
  const { boundary, disposition, contentType, fieldType, hasLengths } = framing
  const head = (parameters: string, type: string | undefined, length: number) =>
    [
      `--${boundary}`,
      `${disposition}: form-data; ${parameters}`,
      ...(type === undefined ? [] : [`${contentType}: ${type}`]),
      ...(hasLengths ? [`Content-Length: ${length}`] : []),
      '\r\n',
    ].join('\r\n')
  const chunks: (string | Uint8Array)[] = []
  for (const [name, value] of Object.entries(fields)) {
    chunks.push(head(`name="${name}"`, fieldType, Buffer.byteLength(value)), value, '\r\n')
  }
  const parameters = `name="${file.name}"; filename="${file.fileName}"`
  chunks.push(head(parameters, file.type, file.bytes.length), file.bytes)
  chunks.push(`\r\n--${boundary}--\r\n`)
  return Buffer.concat(chunks.map((chunk) => Buffer.from(chunk as string)))
}

export interface WireResponse {
  status: number
  headers: Record<string, string>
  text: string
}

export interface Exchange {
  response: Promise<WireResponse>
  /** Cuts the connection; `response` rejects. */
  abort(): void
}

const CHUNK_BYTES = 65_536

/** @param onSent after each chunk that has left */
export function send(
  method: string,
  url: string,
  headers: Readonly<Record<string, string>>,
  body: Uint8Array,
  onSent: (sentBytes: number) => void = () => {},
): Exchange {
  const outgoing = startRequest(url, {
    method,
    agent: false,
    headers: { ...headers, 'Content-Length': String(body.length) },
  })
  const response = new Promise<WireResponse>((resolve, reject) => {
    outgoing.on('error', reject)
    outgoing.on('response', (incoming) => {
      const chunks: Buffer[] = []
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
      incoming.on('error', reject)
      incoming.on('end', () => {
        const pairs: Record<string, string> = {}
        for (let at = 0; at + 1 < incoming.rawHeaders.length; at += 2) {
          pairs[incoming.rawHeaders[at] ?? ''] = incoming.rawHeaders[at + 1] ?? ''
        }
        const text = Buffer.concat(chunks).toString()
        resolve({ status: incoming.statusCode ?? 0, headers: pairs, text })
        // OSS refuses without reading the rest: what is still to be sent is not sent.
        outgoing.destroy()
      })
    })
  })
  response.catch(() => {})

  async function write(): Promise<void> {
    for (let at = 0; at < body.length; at += CHUNK_BYTES) {
      const chunk = body.subarray(at, at + CHUNK_BYTES)
      await new Promise<void>((resolve) => outgoing.write(chunk, () => resolve()))
      if (outgoing.destroyed) return
      onSent(Math.min(body.length, at + CHUNK_BYTES))
    }
    outgoing.end()
  }
  void write()
  return { response, abort: () => outgoing.destroy(new Error('aborted')) }
}
