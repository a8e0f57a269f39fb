/**
 * `OSS_REFUSED`: an error response; `ossCode` and `ec` are OSS's own. `OSS_UNREACHABLE`: no response, after all attempts.
 * `CHECKSUM_MISMATCH`: OSS stored other bytes than were sent. `FILE_CHANGED`: the file is not the one that was begun.
 * `OPTION_INVALID`: an option that cannot be. `CHECKPOINT`: the checkpoint file is of another upload, or cannot be read. `SERVICE_REFUSED`: the upload service.
 */
export type OssErrorCode =
  | 'ABORTED'
  | 'CHECKPOINT'
  | 'CHECKSUM_MISMATCH'
  | 'FILE_CHANGED'
  | 'OPTION_INVALID'
  | 'OSS_REFUSED'
  | 'OSS_UNREACHABLE'
  | 'SERVICE_REFUSED'

/** Of a response, bytes; that of an application has at most 1 000 000, 1 000 listed parts about 250 000. */
export const MAX_RESPONSE_BYTES = 2 * 1024 * 1024

export interface OssErrorFacts {
  cause?: unknown
  /** HTTP status, when there was a response. */
  status?: number | undefined
  /** Of OSS, e.g. `AccessDenied`, or of the service, e.g. `PROFILE_UNKNOWN`. */
  remoteCode?: string | undefined
  /** OSS's finer error number, e.g. `0003-00000001`. */
  ec?: string | undefined
  requestId?: string | undefined
}

/** `code` is the contract, `message` is for people. It holds no secret, no URL and no text of the request. */
export class OssError extends Error {
  override readonly name = 'OssError'
  readonly code: OssErrorCode
  readonly status: number | undefined
  readonly remoteCode: string | undefined
  readonly ec: string | undefined
  readonly requestId: string | undefined

  constructor(code: OssErrorCode, message: string, facts: OssErrorFacts = {}) {
    super(message, facts.cause === undefined ? undefined : { cause: facts.cause })
    this.code = code
    this.status = facts.status
    this.remoteCode = facts.remoteCode
    this.ec = facts.ec
    this.requestId = facts.requestId
  }
}

/** Whether the same request may succeed later. */
export function isPassing({ code, status = 0 }: OssError): boolean {
  return code === 'OSS_UNREACHABLE' || status >= 500 || status === 429
}

/**
 * JavaScript has no types, and a request without a key is one for the bucket: DeleteObject would be DeleteBucket.
 *
 * @throws {OssError} `OPTION_INVALID`
 */
export function requireText(name: string, value: unknown): void {
  if (typeof value === 'string') return
  const given = value === null ? 'null' : typeof value
  throw new OssError('OPTION_INVALID', `The ${name} must be a text, not ${given}.`)
}
