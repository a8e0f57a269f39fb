/**
 * The one error of the client, and what each code means for the upload.
 */
import type { UploadFailure, UploadStage } from '../options.ts'

/** Codes that the client itself makes. Every other `code` comes from the service or from OSS. */
export type ClientErrorCode =
  | 'ABORTED'
  | 'BAD_RESPONSE'
  | 'CHECKSUM_MISMATCH'
  | 'CONFIRM_FAILED'
  | 'CORS'
  | 'CSP'
  | 'DOMAIN_NOT_ALLOWED'
  | 'FILE_UNREADABLE'
  | 'NETWORK'
  | 'OFFLINE'
  | 'STALLED'
  | 'TIMEOUT'
  | 'TRANSFORM_FAILED'
  | 'UNEXPECTED'

/** The same upload may succeed later. */
const RETRYABLE_CODES: readonly string[] = [
  'CHECKSUM_MISMATCH',
  'CONFIRM_FAILED',
  'NETWORK',
  'OFFLINE',
  'STALLED',
] satisfies ClientErrorCode[]

/** What browsers call a file that was changed, moved or removed after it had been chosen. */
const UNREADABLE_NAMES: readonly unknown[] = ['NotReadableError', 'NotFoundError']

/** OSS's numbers for "too late": of a V4 URL, a V1 URL and a form policy. */
const EXPIRED_EC: readonly unknown[] = ['0002-00000236', '0002-00000069', '0006-00000213']

/** The STS token that signed the request has ended. */
const EXPIRED_TOKEN_CODE = 'SecurityTokenExpired'

export interface UploadErrorFacts {
  /** HTTP status, when there was a response. */
  status?: number | undefined
  requestId?: string | undefined
  /** OSS's own finer error number, e.g. `0002-00000236`. */
  ec?: string | undefined
  /** Whether the same upload may succeed later. */
  retryable?: boolean | undefined
  /** Wait this long before the next attempt; the server's `Retry-After`. */
  retryAfterMs?: number | undefined
  cause?: unknown
}

/**
 * Why an upload did not succeed. `code` is the contract, `message` is for people (`explain` in explain.ts
 * has a longer one). A cancelled upload has the code `ABORTED` and, as everywhere on the web, the name `AbortError`.
 */
export class UploadError extends Error implements UploadFailure {
  declare readonly code: ClientErrorCode | (string & {})
  declare readonly stage: UploadStage
  declare readonly status: number | undefined
  declare readonly requestId: string | undefined
  declare readonly ec: string | undefined
  declare retryable: boolean
  declare retryAfterMs: number | undefined
  /** All attempts were used up: an outer retry passes this error on. */
  declare spent?: boolean

  constructor(code: string, stage: UploadStage, facts: UploadErrorFacts = {}, message = code) {
    super(`${stage}: ${message}`)
    Object.assign(this, {
      name: code === 'ABORTED' ? 'AbortError' : 'UploadError',
      code,
      stage,
      retryable: RETRYABLE_CODES.includes(code),
      ...facts,
    })
  }
}

/** Any thrown value as an `UploadError`; an `UploadError` is returned as it is. */
export function toUploadError(thrown: unknown, stage: UploadStage): UploadError {
  if (thrown instanceof UploadError) return thrown
  return new UploadError(
    UNREADABLE_NAMES.includes(Object(thrown).name) ? 'FILE_UNREADABLE' : 'UNEXPECTED',
    stage,
    {
      cause: thrown,
      // Thrown by the caller's `headers` function without a network: Chromium, Firefox and WebKit word it differently.
      retryable: /fetch|network|load failed/i.test(String(thrown)),
    },
  )
}

/** The state of an upload after this error. */
export function toFinalState({ code }: UploadError): 'aborted' | 'stored' | 'failed' {
  if (code === 'ABORTED') return 'aborted'
  return code === 'CONFIRM_FAILED' ? 'stored' : 'failed'
}

/** The signature, policy or token of the ticket has ended; a new one is needed. */
export function isExpired({ ec, code }: UploadError): boolean {
  return EXPIRED_EC.includes(ec) || code === EXPIRED_TOKEN_CODE
}
