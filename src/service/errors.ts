export type ServiceErrorCode =
  | 'AUTHENTICATION_FAILED'
  | 'BEFORE_UPLOAD_FAILED'
  | 'BODY_CONSUMED'
  | 'BODY_FIELD'
  | 'BODY_INCOMPLETE'
  | 'BODY_JSON'
  | 'BODY_TIMEOUT'
  | 'BODY_TOO_LARGE'
  | 'BODY_TYPE'
  | 'CLIENT_FILES_MISSING'
  | 'CONFIG'
  | 'IDEMPOTENCY_KEY'
  | 'METHOD_NOT_ALLOWED'
  | 'MOUNT_PATH'
  | 'NOT_FOUND'
  | 'OBJECT_EXISTS'
  | 'OBJECT_MISMATCH'
  | 'OBJECT_MISSING'
  | 'OBJECT_REPLACED'
  | 'OSS_ERROR'
  | 'OSS_UNREACHABLE'
  | 'QUOTA_EXCEEDED'
  | 'RATE_LIMITED'
  | 'RECEIPT_NOT_RECORDED'
  | 'TOKEN_EXPIRED'
  | 'TOKEN_INVALID'
  | 'TOKEN_KEYS_UNREACHABLE'
  | 'TOKEN_MISSING'
  | 'TOKEN_TOO_LONG'
  | 'UNAUTHENTICATED'
  | 'UPLOAD_GONE'
  /** The page sees the application's own code. */
  | 'UPLOAD_REFUSED'

/** What goes wrong around HTTP. `code` is the contract, `message` is for people and holds nothing secret. */
export class ServiceError extends Error {
  override readonly name = 'ServiceError'
  readonly code: ServiceErrorCode
  /** Whether the same request may succeed later; overrules what the code usually means. */
  readonly retryable: boolean | undefined
  /** Sent as `Retry-After`. */
  readonly retryAfterSeconds: number | undefined
  /** What the page sees instead of `code`. */
  readonly applicationCode: string | undefined

  constructor(
    code: ServiceErrorCode,
    message: string,
    options?: ErrorOptions & {
      retryable?: boolean
      retryAfterSeconds?: number
      applicationCode?: string
    },
  ) {
    super(message, options)
    this.code = code
    this.retryable = options?.retryable
    this.retryAfterSeconds = options?.retryAfterSeconds
    this.applicationCode = options?.applicationCode
  }
}

/** Settings that cannot work: all issues at once, each names its setting, none quotes a value. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  readonly code = 'CONFIG'
  readonly issues: readonly string[]

  constructor(issues: readonly string[]) {
    super(`The configuration has ${issues.length} fault(s):\n- ${issues.join('\n- ')}`)
    this.issues = issues
  }
}

/** Thrown at the program that mounts the service: it called it with objects of another kind. */
export class RequestKindError extends TypeError {
  override readonly name = 'RequestKindError'
  readonly code = 'REQUEST_KIND'
}
