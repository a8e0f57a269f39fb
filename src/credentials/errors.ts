export type CredentialsErrorCode =
  /** A session policy of more characters than STS takes. */
  | 'POLICY_TOO_LONG'
  /** Refused, with a code of the other side. */
  | 'REFUSED'
  /** Not what the other side's manual says. */
  | 'RESPONSE'
  /** An option of the provider. */
  | 'SETTING'
  /** No connection, or no response in time. */
  | 'UNREACHABLE'

/** Why there are no new credentials. `code` is the contract; `message` is for operators and holds nothing secret. */
export class CredentialsError extends Error {
  override readonly name = 'CredentialsError'
  readonly code: CredentialsErrorCode

  constructor(code: CredentialsErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
