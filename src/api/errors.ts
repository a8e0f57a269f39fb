/**
 * `SERVICE_REFUSED`: an error response of the service; `serviceCode` is its own code, e.g. `PROFILE_UNKNOWN`.
 * `SERVICE_UNREACHABLE`: no response within the time. `RESPONSE_UNKNOWN`: something else than the service responded, e.g. a proxy.
 */
export type ApiErrorCode = 'RESPONSE_UNKNOWN' | 'SERVICE_REFUSED' | 'SERVICE_UNREACHABLE'

export interface ApiErrorFacts {
  cause?: unknown
  /** HTTP status, when there was a response. */
  status?: number
  serviceCode?: string
  requestId?: string
  /** The same request may succeed later. */
  retryable: boolean
  /** From `Retry-After`. */
  retryAfterSeconds?: number
}

/** `code` and `serviceCode` are the contract, `message` is for people. It holds no token and no URL. */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly code: ApiErrorCode
  readonly status: number | undefined
  readonly serviceCode: string | undefined
  readonly requestId: string | undefined
  readonly retryable: boolean
  readonly retryAfterSeconds: number | undefined

  constructor(code: ApiErrorCode, message: string, facts: ApiErrorFacts) {
    super(message, facts.cause === undefined ? undefined : { cause: facts.cause })
    this.code = code
    this.status = facts.status
    this.serviceCode = facts.serviceCode
    this.requestId = facts.requestId
    this.retryable = facts.retryable
    this.retryAfterSeconds = facts.retryAfterSeconds
  }
}
