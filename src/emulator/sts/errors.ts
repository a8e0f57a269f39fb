export type StsErrorCode =
  | 'AuthenticationFail.OIDCToken.Expired'
  | 'AuthenticationFail.OIDCToken.Invalid'
  | 'InvalidAccessKeyId.NotFound'
  | 'InvalidAction.NotFound'
  | 'InvalidParameter.DurationSeconds'
  | 'InvalidParameter.OIDCProviderArn'
  | 'InvalidParameter.PolicyGrammar'
  | 'InvalidParameter.PolicySize'
  | 'InvalidParameter.RoleArn'
  | 'InvalidParameter.RoleSessionName'
  | 'InvalidSecurityToken.Expired'
  | 'InvalidSecurityToken.Malformed'
  | 'InvalidTimeStamp.Expired'
  | 'MissingSecurityToken'
  | 'SignatureDoesNotMatch'
  | 'SignatureNonceUsed'

/** An error that the client is told, as JSON; `code` is that of STS. */
export class StsError extends Error {
  override readonly name = 'StsError'
  readonly code: StsErrorCode
  readonly status: number

  constructor(code: StsErrorCode, message: string) {
    super(message)
    this.code = code
    this.status = code.endsWith('.NotFound') ? 404 : 400
  }
}
