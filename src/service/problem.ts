/**
 * Every error → status, headers and body. The one file that builds error responses. Over 200 lines: each code has its status.
 */
import { ProtocolError, type ProtocolErrorCode } from '../protocol/errors.ts'
import { UploadRefused, type UploadRefusedCode } from '../signer/errors.ts'
import type { ErrorResponse } from '../signer/ticket.ts'
import { type ConfigError, ServiceError, type ServiceErrorCode } from './errors.ts'
import type { Log } from './log.ts'
import { respondJson, type ServiceContext } from './response.ts'

type Status = 400 | 401 | 403 | 404 | 405 | 408 | 409 | 413 | 415 | 429 | 500 | 502 | 503

export const STATUS: Readonly<Record<ServiceErrorCode | UploadRefusedCode, Status>> = {
  AUTHENTICATION_FAILED: 503,
  BEFORE_UPLOAD_FAILED: 503,
  BODY_CONSUMED: 500,
  BODY_FIELD: 400,
  BODY_INCOMPLETE: 400,
  BODY_JSON: 400,
  BODY_TIMEOUT: 408,
  BODY_TOO_LARGE: 413,
  BODY_TYPE: 415,
  CALLBACK_MISMATCH: 403,
  CALLBACK_SIGNATURE: 403,
  CLAIM_MISSING: 403,
  CLIENT_FILES_MISSING: 404,
  CONFIG: 500,
  CONTENT_MD5_REFUSED: 400,
  CREDENTIALS_UNAVAILABLE: 503,
  FILE_EMPTY: 400,
  FILE_NAME: 400,
  FILE_TOO_LARGE: 413,
  FILE_TOO_SMALL: 400,
  IDEMPOTENCY_KEY: 400,
  METHOD_NOT_ALLOWED: 405,
  METADATA_TOO_LONG: 400,
  METHOD_REFUSED: 403,
  MOUNT_PATH: 404,
  NOT_FOUND: 404,
  OBJECT_EXISTS: 409,
  OBJECT_MISMATCH: 409,
  OBJECT_MISSING: 404,
  OBJECT_REPLACED: 409,
  OSS_ERROR: 502,
  OSS_UNREACHABLE: 502,
  PART_NUMBER: 400,
  PROFILE: 500,
  PROFILE_UNKNOWN: 400,
  QUOTA_EXCEEDED: 403,
  RATE_LIMITED: 429,
  RECEIPT_NOT_RECORDED: 503,
  SCOPE_MISSING: 403,
  SEAL_EXPIRED: 403,
  SEAL_INVALID: 403,
  SESSION_EXPIRED: 403,
  SESSION_INVALID: 403,
  SESSION_KIND: 400,
  TOKEN_EXPIRED: 401,
  TOKEN_INVALID: 401,
  TOKEN_KEYS_UNREACHABLE: 503,
  TOKEN_MISSING: 401,
  TOKEN_TOO_LONG: 401,
  TYPE_REFUSED: 415,
  UNAUTHENTICATED: 401,
  UPLOAD_GONE: 404,
  UPLOAD_REFUSED: 403,
  VARS_TOO_LONG: 400,
  VAR_REFUSED: 403,
}

/** Faults of the request; whatever else the protocol refuses is a fault of the settings. */
export const PROTOCOL_STATUS = {
  CALLBACK_TOO_LONG: 400,
  CALLBACK_VAR: 400,
  OBJECT_KEY: 400,
  PART_PLAN: 400,
  TEXT: 400,
  XML: 502,
} as const satisfies Partial<Record<ProtocolErrorCode, Status>>

const RETRYABLE: ReadonlySet<string> = new Set([
  'AUTHENTICATION_FAILED',
  'BEFORE_UPLOAD_FAILED',
  'BODY_INCOMPLETE',
  'BODY_TIMEOUT',
  'CREDENTIALS_UNAVAILABLE',
  'INTERNAL',
  'OSS_UNREACHABLE',
  'RATE_LIMITED',
  'RECEIPT_NOT_RECORDED',
  'TOKEN_KEYS_UNREACHABLE',
])

const INTERNAL =
  'Something went wrong here, not in the request. Try again; the operator finds the request id in the log.'

interface Problem {
  status: Status
  code: string
  message: string
  retryable: boolean
}

/** What an error looks like from outside. An unplanned error tells nothing about itself. */
export function describeError(error: unknown): Problem {
  if (error instanceof ServiceError || error instanceof UploadRefused) {
    const { code, message } = error
    const retryable =
      (error instanceof ServiceError ? error.retryable : undefined) ?? RETRYABLE.has(code)
    const isLater = (code === 'QUOTA_EXCEEDED' || code === 'UPLOAD_REFUSED') && retryable
    const shown = (error instanceof ServiceError ? error.applicationCode : undefined) ?? code
    return { status: isLater ? 429 : STATUS[code], code: shown, message, retryable }
  }
  if (error instanceof ProtocolError) {
    const { code, message } = error
    const status = (PROTOCOL_STATUS as Partial<Record<ProtocolErrorCode, Status>>)[code]
    if (status !== undefined) return { status, code, message, retryable: status === 502 }
  }
  return { status: 500, code: 'INTERNAL', message: INTERNAL, retryable: true }
}

function toErrorResponse({ code, message, retryable }: Problem, requestId: string): ErrorResponse {
  return { error: { code, message, requestId, retryable } }
}

type RespondProblem = (
  error: unknown,
  c: ServiceContext,
  headers?: Record<string, string>,
) => Response

const CHALLENGE = { 'www-authenticate': 'Bearer realm="upcall"' }

function readRetryAfter(error: unknown): Record<string, string> {
  const seconds = error instanceof ServiceError ? error.retryAfterSeconds : undefined
  return seconds === undefined ? {} : { 'retry-after': String(Math.ceil(seconds)) }
}

/** Responds with an error, and logs what is not the caller's fault. */
export function createProblemHandler(log: Log): RespondProblem {
  return (error, c, headers = {}) => {
    const problem = describeError(error)
    const { requestId } = c.var
    c.set('errorCode', problem.code)
    if (problem.status >= 500) log.failure(problem.code, requestId, error)
    const text = JSON.stringify(toErrorResponse(problem, requestId))
    return respondJson(c, text, problem.status, {
      ...(problem.status === 401 && CHALLENGE),
      ...readRetryAfter(error),
      ...headers,
    })
  }
}

/** What is wrong with one entry of a list. Logged as the whole would be. */
export function describeEntryError(error: unknown, c: ServiceContext, log: Log): ErrorResponse {
  const problem = describeError(error)
  const { requestId } = c.var
  if (problem.status >= 500) log.failure(problem.code, requestId, error)
  return toErrorResponse(problem, requestId)
}

/** For addresses without a route. */
export function createNotFoundHandler(
  respondProblem: RespondProblem,
  explain?: (path: string) => ServiceError | undefined,
) {
  return (c: ServiceContext): Response => {
    const error = explain?.(c.req.path)
    return respondProblem(
      error ?? new ServiceError('NOT_FOUND', 'There is nothing at this address.'),
      c,
    )
  }
}

/** For the other methods of a route. */
export function createMethodGuard(allow: string, respondProblem: RespondProblem) {
  const error = new ServiceError('METHOD_NOT_ALLOWED', `This address takes ${allow} only.`)
  return (c: ServiceContext): Response => respondProblem(error, c, { allow })
}

/** A service that cannot start: responds to every request with what is wrong, without any value. */
export function createUnconfigured(error: ConfigError): {
  fetch(): Promise<Response>
  sweep(): Promise<never>
} {
  return {
    async fetch() {
      const requestId = crypto.randomUUID()
      const message = `The service is not configured. ${error.issues.join(' ')}`
      const body = toErrorResponse(
        { status: 500, code: error.code, message, retryable: false },
        requestId,
      )
      const headers = {
        'content-type': 'application/json',
        'x-request-id': requestId,
        'cache-control': 'no-store',
      }
      // Not every edge runtime has `Response.json`.
      return new Response(JSON.stringify(body), { status: 500, headers })
    },
    async sweep() {
      throw error
    },
  }
}
