/**
 * One call of OSS, signed by header, repeated when nothing or 5xx came back. Every body can be sent again.
 *
 * @see https://www.alibabacloud.com/help/en/oss/developer-reference/recommend-to-use-signature-version-4
 */
import type { Address } from '../protocol/address.ts'
import { type OssRequest, signRequest } from '../protocol/sign-v4.ts'
import type { Credentials } from '../protocol/signing-key.ts'
import { parseErrorXml, readErrorXml } from '../protocol/xml.ts'
import type { CredentialsProvider, CredentialsSource } from '../signer/credentials.ts'
import { readText } from '../signer/read-text.ts'
import { isPassing, MAX_RESPONSE_BYTES, OssError, requireText } from './errors.ts'
import { limitRequestMs, withTimeLimit } from './time-limit.ts'
import { wait } from './wait.ts'

/** Upper limits of the waits between attempts, ms; each wait is a random share of its limit. */
const RETRY_DELAYS_MS = [500, 1000, 2000, 4000, 8000]

export interface OssClientOptions extends Omit<Address, 'key'> {
  /** Fixed ones, or a function as of `oss-upcall/credentials`. */
  credentials: Credentials | CredentialsProvider
  /** @default 500, 1 000, 2 000, 4 000, 8 000 ms */
  retryDelays?: readonly number[] | undefined
  /** @default the platform's own */
  fetch?: typeof fetch | undefined
  /** For tests. */
  now?: (() => Date) | undefined
}

/** Credentials as one source, which several parts of a client share. */
export interface CallOptions extends Omit<OssClientOptions, 'credentials' | 'now'> {
  credentials: CredentialsSource
  now: () => Date
}

export type Body = Blob | Uint8Array<ArrayBuffer> | string

export interface OssCall extends Pick<OssRequest, 'method' | 'key' | 'query' | 'headers'> {
  /** For messages, e.g. `PutObject`. */
  operation: string
  body?: Body | undefined
  signal?: AbortSignal | undefined
}

export interface OssResponse {
  status: number
  headers: Headers
  text: string
  /** From 1: more than 1 after attempts whose response did not come. */
  attempt: number
}

/** Throws {OssError}. */
export type CallOss = (call: OssCall) => Promise<OssResponse>

export function countBytes(body: Body | undefined): number {
  if (body === undefined) return 0
  if (typeof body === 'string') return new TextEncoder().encode(body).length
  return body instanceof Blob ? body.size : body.length
}

/** Bytes of one piece of a body, so that little is on its way at once. */
const PIECE_BYTES = 64 * 1024

/**
 * `fetch` copies bytes that it is given as they are; as a stream it takes them piece by piece. That matters for parts: their
 * copies would stay in memory until the next garbage collection.
 */
function buildBody(body: Body | undefined): RequestInit {
  if (!(body instanceof Uint8Array)) return body === undefined ? {} : { body }
  let at = 0
  const stream = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (at < body.length) controller.enqueue(body.subarray(at, at + PIECE_BYTES))
      at += PIECE_BYTES
      if (at >= body.length) controller.close()
    },
  })
  return { body: stream, duplex: 'half' } as RequestInit
}

function toError(operation: string, { status, headers, text }: OssResponse): OssError {
  const error = parseErrorXml(readErrorXml(headers, text))
  const remoteCode = error?.code
  const said = remoteCode === undefined ? '' : `, ${remoteCode}`
  return new OssError('OSS_REFUSED', `OSS refused ${operation} (HTTP ${status}${said}).`, {
    status,
    remoteCode,
    ec: error?.ec ?? headers.get('x-oss-ec') ?? undefined,
    requestId: error?.requestId ?? headers.get('x-oss-request-id') ?? undefined,
  })
}

export function createCall({
  retryDelays = RETRY_DELAYS_MS,
  credentials,
  fetch: fetcher = (input, init) => fetch(input, init),
  now,
  ...address
}: CallOptions): CallOss {
  async function callOnce(call: OssCall, attempt: number): Promise<OssResponse> {
    const { operation, body, signal, ...request } = call
    const at = now()
    const current = await credentials.current(at)
    const signed = signRequest({ ...address, ...request }, { credentials: current, now: at })
    const limitMs = limitRequestMs(countBytes(body))
    let got: OssResponse
    try {
      got = await withTimeLimit(limitMs, signal, async (limit) => {
        const response = await fetcher(signed.url, {
          method: signed.method,
          headers: {
            ...signed.headers,
            ...(body instanceof Uint8Array && { 'content-length': String(body.length) }),
          },
          redirect: 'manual',
          signal: limit,
          ...buildBody(body),
        })
        const { status, headers } = response
        const text = signed.method === 'HEAD' ? '' : await readText(response, MAX_RESPONSE_BYTES)
        return { status, headers, text, attempt }
      })
    } catch (cause) {
      throwIfAborted(signal)
      throw new OssError('OSS_UNREACHABLE', `OSS did not respond to ${operation}.`, { cause })
    }
    if (got.status < 200 || got.status > 299) throw toError(operation, got)
    return got
  }

  return async (call) => {
    if ('key' in call) requireText('key', call.key)
    for (let attempt = 1; ; attempt += 1) {
      throwIfAborted(call.signal)
      try {
        return await callOnce(call, attempt)
      } catch (error) {
        const delayMs = retryDelays[attempt - 1]
        if (!(error instanceof OssError) || !isPassing(error) || delayMs === undefined) throw error
        await wait(Math.random() * delayMs, call.signal)
      }
    }
  }
}

/** @throws {OssError} `ABORTED` */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (!signal?.aborted) return
  throw new OssError('ABORTED', 'The upload was cancelled.', { cause: signal.reason })
}
