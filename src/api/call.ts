/** One call of the service: JSON there and back, one attempt. */
import { readText } from '../signer/read-text.ts'
import { ApiError } from './errors.ts'
import type { ErrorResponse } from './types.ts'

/** For a response: the service itself waits up to 15 s for OSS and the application. */
const TIMEOUT_MS = 30_000
/** Of a response, bytes: that of an application has at most 1 000 000, a page of dead deliveries some 300 000. */
const MAX_RESPONSE_BYTES = 2 * 1024 * 1024

export type ApiHeaders = Readonly<Record<string, string>>

export interface ApiClientOptions {
  /** Where the service is, with its base path, e.g. `https://uploads.example.com`. */
  endpoint: string
  /** E.g. `{ authorization: 'Bearer …' }`: a user's token, or the operator's; a function is called for each request. */
  headers?: ApiHeaders | (() => ApiHeaders | Promise<ApiHeaders>) | undefined
  /** @default 30 000 ms */
  timeoutMs?: number | undefined
  signal?: AbortSignal | undefined
  /** @default the platform's own */
  fetch?: typeof fetch | undefined
}

export interface ApiCall {
  method: 'GET' | 'POST'
  /** From the endpoint, e.g. `/uploads`. */
  path: string
  body?: object | undefined
  headers?: ApiHeaders | undefined
  /** Statuses above 299 whose body is a result. */
  results?: readonly number[]
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function isErrorResponse(value: unknown): value is ErrorResponse {
  return typeof (value as Partial<ErrorResponse> | null)?.error?.code === 'string'
}

function refuse(path: string, { status, headers }: Response, body: unknown): never {
  if (!isErrorResponse(body)) {
    throw new ApiError(
      'RESPONSE_UNKNOWN',
      `${path} responded with HTTP ${status}, but not as the upload service does. Is "endpoint" its address, with its base path?`,
      { status, retryable: status >= 500 || status === 429 },
    )
  }
  const { code, message, requestId, retryable } = body.error
  const seconds = Number(headers.get('retry-after'))
  throw new ApiError('SERVICE_REFUSED', `The upload service refused (${code}). ${message}`, {
    status,
    serviceCode: code,
    requestId,
    retryable,
    ...(seconds > 0 && { retryAfterSeconds: seconds }),
  })
}

/** The body of a response below 300 is what the service documents; its shape is not checked again. */
export async function callService<T>(options: ApiClientOptions, call: ApiCall): Promise<T> {
  const { endpoint, headers, timeoutMs = TIMEOUT_MS, signal, fetch: fetcher = fetch } = options
  const { method, path, body, results = [] } = call
  const own = typeof headers === 'function' ? await headers() : headers
  const limit = AbortSignal.timeout(timeoutMs)
  let response: Response
  let text: string
  try {
    response = await fetcher(endpoint.replace(/\/+$/, '') + path, {
      method,
      redirect: 'manual',
      signal: signal ? AbortSignal.any([signal, limit]) : limit,
      headers: { ...own, ...call.headers, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    })
    text = await readText(response, MAX_RESPONSE_BYTES)
  } catch (cause) {
    signal?.throwIfAborted()
    throw new ApiError('SERVICE_UNREACHABLE', `The upload service did not respond to ${path}.`, {
      cause,
      retryable: true,
    })
  }
  const value = response.status === 204 ? null : parseJson(text)
  if (value === undefined || (response.status > 299 && !results.includes(response.status))) {
    refuse(path, response, value)
  }
  return value as T
}
