/** Calls of an upload service, and requests that its tickets describe: repeated when nothing or a passing error came back. */
import { readText } from '../signer/read-text.ts'
import type { ErrorResponse } from '../signer/ticket.ts'
import { throwIfAborted } from './call.ts'
import { MAX_RESPONSE_BYTES, OssError } from './errors.ts'
import { limitRequestMs, withTimeLimit } from './time-limit.ts'
import { wait } from './wait.ts'

/** Upper limits of the waits between attempts, ms; each wait is a random share of its limit. */
const RETRY_DELAYS_MS = [1000, 2000, 4000, 8000, 16_000]
/** A longer `Retry-After` is a wrong clock. */
const MAX_RETRY_AFTER_MS = 600_000

/** An attempt that failed, and the wait before the next. */
export interface RetryNotice {
  /** Without a secret: names of hosts, codes, and words of the service. */
  error: OssError
  waitMs: number
  /** Number of the next attempt after the first, 1 and up. */
  retry: number
  /** How many there are. */
  maxRetries: number
}

export interface ServiceOptions {
  /** Address of the upload service, e.g. `https://uploads.example.com`. */
  endpoint: string
  /** For the service, never for OSS, e.g. `authorization`; a function is called for each request. */
  headers?:
    | Readonly<Record<string, string>>
    | (() => Record<string, string> | Promise<Record<string, string>>)
    | undefined
  /** @default 1, 2, 4, 8, 16 s */
  retryDelays?: readonly number[] | undefined
  /** Called before each wait for another attempt. */
  onRetry?: ((notice: RetryNotice) => void) | undefined
  signal?: AbortSignal | undefined
  /** @default the platform's own */
  fetch?: typeof fetch | undefined
}

export interface Sent {
  status: number
  headers: Headers
  text: string
}

export interface ServiceCaller {
  /** POSTs JSON to the service. @param path after `/uploads` @throws {OssError} `SERVICE_REFUSED`, `OSS_UNREACHABLE` */
  ask<T>(path: string, body: object): Promise<T>
  /** One attempt at a request of a ticket; any response is one. @throws {OssError} `OSS_UNREACHABLE`, `ABORTED` */
  send(url: string, init: RequestInit, bodyBytes: number): Promise<Sent>
  /** @throws what the last attempt threw */
  repeat<T>(once: () => Promise<T>, isPassing: (error: OssError) => boolean): Promise<T>
}

/** Any JSON value; undefined for what is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

class ServiceRefusal extends OssError {
  readonly retryable: boolean
  readonly retryAfterMs: number | undefined

  constructor({ status, headers, text }: Sent) {
    const { error } = (parseJson(text) ?? {}) as Partial<ErrorResponse>
    const code = error?.code ?? `HTTP ${status}`
    super(
      'SERVICE_REFUSED',
      `The upload service refused (${code}). ${error?.message ?? ''}`.trim(),
      {
        status,
        remoteCode: error?.code,
        requestId: error?.requestId,
      },
    )
    this.retryable = error?.retryable ?? (status >= 500 || status === 429)
    const seconds = Number(headers.get('retry-after'))
    this.retryAfterMs = seconds > 0 ? Math.min(seconds * 1000, MAX_RETRY_AFTER_MS) : undefined
  }
}

export function createServiceCaller({
  endpoint,
  headers,
  retryDelays = RETRY_DELAYS_MS,
  onRetry,
  signal,
  fetch: fetcher = (input, init) => fetch(input, init),
}: ServiceOptions): ServiceCaller {
  const base = endpoint.replace(/\/$/, '')

  const send: ServiceCaller['send'] = async (url, init, bodyBytes) => {
    throwIfAborted(signal)
    const limitMs = limitRequestMs(bodyBytes)
    try {
      return await withTimeLimit(limitMs, signal, async (limit) => {
        const response = await fetcher(url, { ...init, redirect: 'manual', signal: limit })
        return {
          status: response.status,
          headers: response.headers,
          text: await readText(response, MAX_RESPONSE_BYTES),
        }
      })
    } catch (cause) {
      throwIfAborted(signal)
      const { host } = new URL(url)
      throw new OssError('OSS_UNREACHABLE', `${host} did not respond.`, { cause })
    }
  }

  const repeat: ServiceCaller['repeat'] = async (once, isPassing) => {
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await once()
      } catch (error) {
        const delayMs = retryDelays[attempt]
        if (!(error instanceof OssError) || !isPassing(error) || delayMs === undefined) throw error
        const told = error instanceof ServiceRefusal ? error.retryAfterMs : undefined
        const waitMs = told ?? Math.random() * delayMs
        onRetry?.({ error, waitMs, retry: attempt + 1, maxRetries: retryDelays.length })
        await wait(waitMs, signal)
        throwIfAborted(signal)
      }
    }
  }

  return {
    send,
    repeat,
    ask: (path, body) =>
      repeat(
        async () => {
          const own = typeof headers === 'function' ? await headers() : headers
          const sent = await send(
            `${base}/uploads${path}`,
            {
              method: 'POST',
              headers: { ...own, 'content-type': 'application/json' },
              body: JSON.stringify(body),
            },
            0,
          )
          const value = parseJson(sent.text || '{}')
          if (sent.status > 299 || value === undefined) throw new ServiceRefusal(sent)
          // Its shape is the contract of the service, and not checked again.
          return value as never
        },
        (error) =>
          error instanceof ServiceRefusal ? error.retryable : error.code === 'OSS_UNREACHABLE',
      ),
  }
}
