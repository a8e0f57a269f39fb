export type UploadRefusedCode =
  | 'CALLBACK_MISMATCH'
  | 'CALLBACK_SIGNATURE'
  | 'CLAIM_MISSING'
  | 'CONTENT_MD5_REFUSED'
  | 'CREDENTIALS_UNAVAILABLE'
  | 'FILE_EMPTY'
  | 'FILE_NAME'
  | 'FILE_TOO_LARGE'
  | 'FILE_TOO_SMALL'
  | 'METADATA_TOO_LONG'
  | 'METHOD_REFUSED'
  | 'PART_NUMBER'
  | 'PROFILE'
  | 'PROFILE_UNKNOWN'
  | 'SCOPE_MISSING'
  | 'SEAL_EXPIRED'
  | 'SEAL_INVALID'
  | 'SESSION_EXPIRED'
  | 'SESSION_INVALID'
  | 'SESSION_KIND'
  | 'TYPE_REFUSED'
  | 'VAR_REFUSED'
  | 'VARS_TOO_LONG'

/** A request that the rules of the service refuse. `code` is the contract, `message` is for people, without secrets. */
export class UploadRefused extends Error {
  override readonly name = 'UploadRefused'
  readonly code: UploadRefusedCode

  constructor(code: UploadRefusedCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
