import type { ErrorResponse } from '../../src/signer/ticket.ts'
import type { TransportResponse } from './transport.ts'

/** Codes that the client itself makes. Every other `code` is the service's or OSS's own word. */
export type ClientErrorCode =
  | 'ABORTED'
  | 'BAD_ANSWER'
  | 'CHECKSUM_MISMATCH'
  | 'CONFIRM_FAILED'
  | 'CORS'
  | 'CSP'
  | 'FILE_UNREADABLE'
  | 'NETWORK'
  | 'OFFLINE'
  | 'STALLED'
  | 'UNEXPECTED'

/** What was being done: a call to the service, the bytes, or the end of a multipart upload. */
export type UploadStage = 'sign' | 'send' | 'complete' | 'confirm' | 'resume' | 'abort'

export interface UploadErrorFacts {
  /** HTTP status, when there was an answer. */
  status?: number | undefined
  requestId?: string | undefined
  /** OSS's own finer error number, e.g. `0002-00000236`. */
  ec?: string | undefined
  /** Whether the same upload may succeed later. */
  retryable?: boolean | undefined
  /** Wait this long before the next try; the server's wish. */
  retryAfterMs?: number | undefined
  cause?: unknown
}

/**
 * Why an upload did not end well. `code` is the contract, `message` is for people (`explain` in explain.ts
 * has a longer one). A cancelled upload has the code `ABORTED` and, as everywhere on the web, the name `AbortError`.
 */
export class UploadError extends Error {
  declare readonly code: ClientErrorCode | (string & {})
  declare readonly stage: UploadStage
  declare readonly status: number | undefined
  declare readonly requestId: string | undefined
  declare readonly ec: string | undefined
  declare retryable: boolean
  declare retryAfterMs: number | undefined
  /** All tries were used up: an outer retry passes this error on. */
  declare spent?: boolean

  constructor(code: string, stage: UploadStage, facts: UploadErrorFacts = {}, message = code) {
    super(`${stage}: ${message}`)
    Object.assign(this, {
      name: code === 'ABORTED' ? 'AbortError' : 'UploadError',
      code,
      stage,
      retryable: /^(NETW|OFFL|STAL|CHEC|CONF)/.test(code),
      ...facts,
    })
  }
}

/** Any thrown value as an `UploadError`; one that was ours stays itself. */
export function toUploadError(thrown: unknown, stage: UploadStage): UploadError {
  if (thrown instanceof UploadError) return thrown
  const text = String(thrown)
  return new UploadError(/^Not(Rea|Fou)/.test(text) ? 'FILE_UNREADABLE' : 'UNEXPECTED', stage, {
    cause: thrown,
    // The caller's `headers` asked its own server: three browsers, three ways to say "no network".
    retryable: /fetch|network|load f/i.test(text),
  })
}

/** The error in an answer that is not a success: the service's JSON or OSS's flat XML. Never its raw body. */
export function readError(
  { status, text, header }: TransportResponse,
  stage: UploadStage,
): UploadError {
  const element = (name: string) => text.match(`<${name}>([^<]*)`)?.[1]
  const own = parseJson<Partial<ErrorResponse>>(text)?.error
  const code = own?.code ?? element('Code') ?? `HTTP_${status}`
  return new UploadError(
    code,
    stage,
    {
      status,
      ec: element('EC'),
      requestId: own?.requestId ?? element('RequestId'),
      // 501 will not change its mind; RequestTimeout is a 400.
      retryable: own?.retryable || /^(408|425|429|5(?!01))|RequestTime/.test(status + code),
      retryAfterMs: 1000 * Number(header('retry-after')) || undefined,
    },
    // A refused policy condition is quoted in brackets and may hold a token: it is cut off.
    own?.message ?? element('Message')?.split('[')[0],
  )
}

/** A JSON object, or nothing. */
export function parseJson<T extends object>(text: string): T | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return Object(value) === value ? (value as T) : undefined
  } catch {
    return undefined
  }
}

/** What an upload is after this error. */
export function toFinalState({ code }: UploadError): 'aborted' | 'stored' | 'failed' {
  return code === 'ABORTED' ? 'aborted' : code === 'CONFIRM_FAILED' ? 'stored' : 'failed'
}

/** V4 URL, V1 URL, form policy: each has its own number for "too late". */
export function isExpired({ ec, code }: UploadError): boolean {
  return /2-00000(236|069)|6-00000213|TokenExpired/.test(ec + code)
}
