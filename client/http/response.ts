/**
 * Reads responses of the service (JSON) and of OSS (flat XML).
 */
import type { ErrorResponse } from '../../src/signer/ticket.ts'
import type { TransportResponse, UploadStage } from '../options.ts'
import { UploadError } from './errors.ts'

// Statuses below 500 that may be different for the same request later.
const REQUEST_TIMEOUT = 408
const TOO_MANY_REQUESTS = 429
/** A longer `Retry-After` (1 h) is a wrong clock. */
const MAX_RETRY_AFTER_MS = 3_600_000
const NOT_IMPLEMENTED = 501
/** OSS's code for a body that came too slowly, with status 400. */
const RETRYABLE_OSS_CODE = 'RequestTimeout'

/** Of `Retry-After`: seconds, or a date by this device's clock. */
function readWaitMs(value = ''): number | undefined {
  const waitMs = 1000 * Number(value) || Date.parse(value) - Date.now()
  return waitMs > 0 ? Math.min(waitMs, MAX_RETRY_AFTER_MS) : undefined
}

/** The error in a response that is not a success, or is not JSON. Never its raw body. */
export function readError(
  { status, text, header }: TransportResponse,
  stage: UploadStage,
): UploadError {
  const element = (name: string) => text.match(`<${name}>([^<]*)`)?.[1]
  const own = parseJson<Partial<ErrorResponse>>(text)?.error
  const code = own?.code ?? element('Code') ?? (status > 299 ? `HTTP_${status}` : 'BAD_RESPONSE')
  return new UploadError(
    code,
    stage,
    {
      status,
      ec: element('EC'),
      requestId: own?.requestId ?? element('RequestId'),
      // The service's own word; the status only where something else responded.
      retryable:
        own?.retryable ??
        (status === REQUEST_TIMEOUT ||
          status === TOO_MANY_REQUESTS ||
          (status >= 500 && status !== NOT_IMPLEMENTED) ||
          code === RETRYABLE_OSS_CODE),
      retryAfterMs: readWaitMs(header('retry-after')),
    },
    // A refused policy condition is quoted in brackets and may contain a token: it is cut off.
    own?.message ?? element('Message')?.split('[')[0],
  )
}

/** Any JSON value, null included; undefined for what is not JSON. */
export function parseJson<T>(text: string): T | undefined {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
