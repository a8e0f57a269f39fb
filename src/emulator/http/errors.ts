/**
 * The errors of OSS: code, HTTP status, message, EC number and extra elements.
 *
 * @see https://www.alibabacloud.com/help/en/oss/support/error-handling-1
 */
const STATUS_BY_CODE = {
  AccessDenied: 403,
  AccessForbidden: 403,
  AccessKeyIdAndSecurityTokenNotMatch: 403,
  BadRequest: 400,
  BucketAlreadyExists: 409,
  BucketNotEmpty: 409,
  CallbackFailed: 203,
  EntityTooLarge: 400,
  EntityTooSmall: 400,
  FieldItemTooLong: 400,
  FileAlreadyExists: 409,
  ImageTooLarge: 400,
  IncorrectNumberOfFilesInPOSTRequest: 400,
  InternalError: 500,
  InvalidAccessKeyId: 403,
  InvalidArgument: 400,
  InvalidBucketName: 400,
  InvalidDigest: 400,
  InvalidEncryptionAlgorithmError: 400,
  InvalidObjectName: 400,
  InvalidPart: 400,
  InvalidPartOrder: 400,
  InvalidPolicyDocument: 400,
  InvalidRange: 416,
  InvalidRequest: 400,
  InvalidSecurityToken: 403,
  InvalidTag: 400,
  InvalidTargetType: 400,
  MalformedPOSTRequest: 400,
  MalformedXML: 400,
  MaxPOSTPreDataLengthExceededError: 400,
  MethodNotAllowed: 405,
  MissingContentLength: 411,
  NoSuchBucket: 404,
  NoSuchCORSConfiguration: 404,
  NoSuchKey: 404,
  NoSuchLifecycle: 404,
  NoSuchUpload: 404,
  NoSuchVersion: 404,
  NotImplemented: 400,
  NotModified: 304,
  NotSymlink: 400,
  ObjectNotAppendable: 409,
  PositionNotEqualToLength: 409,
  PreconditionFailed: 412,
  RequestIsNotMultiPartContent: 400,
  RequestTimeTooSkewed: 403,
  RequestTimeout: 400,
  SecondLevelDomainForbidden: 403,
  SecurityTokenExpired: 403,
  ServiceUnavailable: 503,
  SignatureDoesNotMatch: 403,
  SymlinkTargetNotExist: 404,
} as const

export type OssErrorCode = keyof typeof STATUS_BY_CODE

export interface OssErrorDetails {
  /** OSS's own number of the cause, e.g. `0002-00000201`; goes into `EC` and `x-oss-ec`. */
  ec?: string
  /** Extra elements, written between `HostId` and `EC`. */
  extras?: Record<string, string>
  /** Extra response headers. */
  headers?: Record<string, string>
}

/** An error that the client is told, as XML; `code` is OSS's code. */
export class OssError extends Error {
  override readonly name = 'OssError'
  readonly code: OssErrorCode
  readonly status: number
  readonly ec: string | undefined
  readonly extras: Record<string, string>
  readonly headers: Record<string, string>

  constructor(code: OssErrorCode, message: string, details: OssErrorDetails = {}) {
    super(message)
    this.code = code
    this.status = STATUS_BY_CODE[code]
    this.ec = details.ec
    this.extras = details.extras ?? {}
    this.headers = details.headers ?? {}
  }
}

/** 400 `InvalidArgument` with the name and value that OSS echoes. */
export function invalidArgument(
  message: string,
  name?: string,
  value?: string,
  ec?: string,
): OssError {
  const extras: Record<string, string> = {}
  if (name !== undefined) extras.ArgumentName = name
  if (value !== undefined) extras.ArgumentValue = value
  return new OssError('InvalidArgument', message, { extras, ...(ec && { ec }) })
}

export function notImplemented(what: string): OssError {
  return new OssError(
    'NotImplemented',
    `${what} is not part of this local OSS. See docs/local-oss.md for what is.`,
  )
}

/** The body ended before its declared length. */
export function bodyIncomplete(): OssError {
  return new OssError(
    'RequestTimeout',
    'Your socket connection to the server was not read from or written to within the timeout period.',
  )
}
