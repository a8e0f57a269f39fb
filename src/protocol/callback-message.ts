/**
 * Callbacks as servers and gateways hand them over → what `verifyCallback` and `acceptCallback` need. OSS signs the raw
 * path, query and body: a framework that decoded, parsed or rewrote them has lost what was signed.
 */
import { concatBytes, fromBase64 } from './bytes.ts'
import { type CallbackMessage, toCallbackBytes } from './callback-verify.ts'
import { ProtocolError } from './errors.ts'

/** Bytes. Template and variables have at most 5 KB each, and percent-encoding makes three bytes of one. */
const MAX_BODY_BYTES = 64 * 1024

export interface MessageOptions {
  /**
   * The path that OSS was told, percent-encoded, where a proxy or framework changes it, e.g. for a mounted application.
   * The query is taken from the request. @default the path of the request
   */
  path?: string | undefined
}

type ReadHeader = (name: string) => string | undefined

function buildMessage(
  target: string,
  body: Uint8Array,
  header: ReadHeader,
  { path }: MessageOptions,
): CallbackMessage {
  if (path !== undefined && !/^\/[^?#]*$/.test(path)) {
    throw new TypeError('The path of a callback begins with / and has no query.')
  }
  const queryAt = target.indexOf('?')
  const query = queryAt < 0 ? '' : target.slice(queryAt)
  return {
    target: path === undefined ? target : path + query,
    body,
    authorization: header('authorization'),
    publicKeyUrl: header('x-oss-pub-key-url'),
    signatureVersion: header('x-oss-signature-version'),
  }
}

/** @throws {ProtocolError} `CALLBACK_TOO_LONG` */
async function readChunks(chunks: AsyncIterable<unknown>): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  let length = 0
  for await (const chunk of chunks) {
    const bytes = toCallbackBytes(chunk)
    length += bytes.length
    if (length > MAX_BODY_BYTES) {
      throw new ProtocolError('CALLBACK_TOO_LONG', 'The body is longer than any callback of OSS.')
    }
    parts.push(bytes)
  }
  return concatBytes(parts, length)
}

const ALREADY_READ =
  'The body of this request was read already: take the callback before body parsers, or keep the raw bytes for it.'

/**
 * A callback that arrived as a `Request`, e.g. in Hono, Next.js, Nuxt, Workers or Deno. Reads its body.
 *
 * @throws {TypeError} when the body was read before
 * @throws {ProtocolError} `CALLBACK_TOO_LONG`
 */
export async function fromRequest(
  request: Request,
  options: MessageOptions = {},
): Promise<CallbackMessage> {
  if (typeof request?.url !== 'string' || typeof request.headers?.get !== 'function') {
    throw new TypeError(
      'fromRequest needs a Request; for the request of a Node server use fromNode.',
    )
  }
  if (request.bodyUsed) throw new TypeError(ALREADY_READ)
  const body = request.body
    ? await readChunks(request.body as AsyncIterable<unknown>)
    : new Uint8Array()
  // As text: a URL object would rewrite what it holds for equivalent.
  const target = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*([^#]*)/i.exec(request.url)?.[1] ?? ''
  const header: ReadHeader = (name) => request.headers.get(name) ?? undefined
  return buildMessage(target.startsWith('/') ? target : `/${target}`, body, header, options)
}

/** What `fromNode` needs of `http.IncomingMessage`, and of the requests of Express, Fastify, Koa and others. */
export interface NodeRequest {
  url?: string | undefined
  /** Express: the path before it was mounted. */
  originalUrl?: string | undefined
  headers: Readonly<Record<string, string | string[] | undefined>>
  /** Where a raw body parser has put the bytes. */
  body?: unknown
  rawBody?: unknown
  readableEnded?: boolean | undefined
}

/**
 * A callback that arrived at a Node server. Takes the raw bytes from `options.body`, `rawBody` or `body` where they are,
 * else reads the stream.
 *
 * @throws {TypeError} when a parser has read the body and left no raw bytes
 * @throws {ProtocolError} `CALLBACK_TOO_LONG`
 */
export async function fromNode(
  request: NodeRequest,
  options: MessageOptions & { body?: string | Uint8Array | ArrayBuffer | undefined } = {},
): Promise<CallbackMessage> {
  const url = request?.originalUrl ?? request?.url
  const isNode = typeof request?.headers === 'object' && typeof request.headers?.get !== 'function'
  if (typeof url !== 'string' || !isNode) {
    throw new TypeError(
      'fromNode needs the request of a Node server; for a Request use fromRequest.',
    )
  }
  const header: ReadHeader = (name) => {
    const value = request.headers[name]
    return Array.isArray(value) ? value[0] : value
  }
  const target = url.startsWith('/') ? url : `/${url}`
  return buildMessage(target, await readNodeBody(request, options.body), header, options)
}

async function readNodeBody(request: NodeRequest, given: unknown): Promise<Uint8Array> {
  const raw = given ?? request.rawBody
  if (raw !== undefined) return toCallbackBytes(raw)
  const { body } = request
  if (typeof body === 'string' || ArrayBuffer.isView(body)) return toCallbackBytes(body)
  const isStream = Symbol.asyncIterator in request
  if (request.readableEnded || !isStream) throw new TypeError(ALREADY_READ)
  return readChunks(request as unknown as AsyncIterable<unknown>)
}

/** The events of AWS API Gateway (1.0, 2.0), Lambda URLs and Function Compute, as far as they are needed here. */
export interface LambdaEvent {
  /** 2.0 and Function Compute. */
  rawPath?: string | undefined
  /** 2.0. */
  rawQueryString?: string | undefined
  /** 1.0. */
  path?: string | undefined
  queryStringParameters?: Readonly<Record<string, unknown>> | null | undefined
  /** Function Compute. */
  queryParameters?: Readonly<Record<string, unknown>> | null | undefined
  headers?: Readonly<Record<string, string | undefined>> | null | undefined
  body?: string | null | undefined
  isBase64Encoded?: boolean | undefined
}

/**
 * A callback that arrived as the event of a function, its body in Base64 or not.
 *
 * @throws {TypeError} for another event, and for one that has lost the raw query: then keep the callback URL without one
 */
export function fromLambda(event: LambdaEvent, options: MessageOptions = {}): CallbackMessage {
  const path = event?.rawPath ?? event?.path
  if (typeof path !== 'string') {
    throw new TypeError('fromLambda needs the event of an HTTP request, with rawPath or path.')
  }
  const parsed = event.queryStringParameters ?? event.queryParameters ?? {}
  if (event.rawQueryString === undefined && Object.keys(parsed).length > 0) {
    throw new TypeError(
      'This kind of event has its query parsed, and OSS signs the raw one: use a callback URL without a query.',
    )
  }
  const query = event.rawQueryString ? `?${event.rawQueryString}` : ''
  const headers = Object.entries(event.headers ?? {})
  const header: ReadHeader = (wanted) =>
    headers.find(([name]) => name.toLowerCase() === wanted)?.[1]
  const text = event.body ?? ''
  const body = event.isBase64Encoded ? fromBase64(text) : toCallbackBytes(text)
  return buildMessage((path.startsWith('/') ? path : `/${path}`) + query, body, header, options)
}
