/** Why a webhook failed, in words for operators: the host and a code; never the path or query, which may hold tokens. */
import { DeliveryError } from './outbox.ts'
import { parseRetryAfter } from './retry-after.ts'

/** What network errors are called by Node, in words for whoever set the URL. */
const NETWORK_ERRORS: Readonly<Record<string, string>> = {
  ENOTFOUND: 'its host name does not resolve',
  EAI_AGAIN: 'its host name cannot be resolved at the moment',
  ECONNREFUSED: 'nothing listens there',
  ECONNRESET: 'it reset the connection',
  UND_ERR_SOCKET: 'it closed the connection before its response was complete',
  UND_ERR_CONNECT_TIMEOUT: 'it did not take the connection in time',
  UND_ERR_HEADERS_OVERFLOW: 'its response has too many headers',
  HTTPParserError: 'it does not speak HTTP',
  ERR_SSL_WRONG_VERSION_NUMBER: 'it does not speak TLS',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is self-signed',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another host name',
}

/** The first error code in a chain of causes; messages may quote anything, codes are plain words. */
function findNetworkCode(error: unknown): string | undefined {
  let current = error
  // Node nests two or three; a chain may also be a ring.
  for (let depth = 0; depth < 5 && current instanceof Error; depth += 1) {
    const { code, name } = current as Error & { code?: unknown }
    if (typeof code === 'string' && /^[A-Z0-9_]{1,64}$/.test(code)) return code
    // The one error of Node's `fetch` that has a name instead of a code.
    if (name === 'HTTPParserError') return name
    current = current.cause
  }
  return undefined
}

/** `signal`: of the attempt; when it is aborted, that is the reason. */
export function describeNetworkError(
  error: unknown,
  host: string,
  signal: AbortSignal,
): DeliveryError {
  if (signal.aborted) {
    const words = `The webhook at ${host} did not respond within the time limit of the attempt.`
    return new DeliveryError('DELIVERY_FAILED', words)
  }
  const code = findNetworkCode(error)
  const reason = NETWORK_ERRORS[code ?? ''] ?? 'the connection failed'
  return new DeliveryError(
    'DELIVERY_FAILED',
    `The webhook at ${host} could not be reached: ${reason}${code ? ` (${code})` : ''}.`,
  )
}

/** @returns `undefined` for a 2xx */
export function describeStatus(
  response: Response,
  host: string,
  now: Date,
): DeliveryError | undefined {
  const { status, headers } = response
  if (status >= 200 && status < 300) return undefined
  if (status === 410) {
    const words = `The webhook at ${host} responded 410: it wants no more events.`
    return new DeliveryError('DELIVERY_GONE', words)
  }
  const isRedirect = status >= 300 && status < 400
  const hint = isRedirect ? '; redirects are not followed, set the URL that it leads to' : ''
  return new DeliveryError(
    'DELIVERY_FAILED',
    `The webhook at ${host} responded ${status}${hint}.`,
    {
      retryAfterSeconds: parseRetryAfter(headers.get('retry-after'), now),
    },
  )
}
