export type ProtocolErrorCode =
  | 'CALLBACK_BODY'
  | 'CALLBACK_TOO_LONG'
  | 'CALLBACK_URL'
  | 'CALLBACK_VAR'
  | 'CREDENTIALS'
  | 'EXPIRES'
  | 'FORM_FIELD'
  | 'HEADER'
  | 'OBJECT_KEY'
  | 'PART_PLAN'
  | 'POLICY'
  | 'REQUEST'
  | 'TEXT'
  | 'XML'

/** A request that OSS would refuse, or a response that is not what OSS sends. `code` is the contract, `message` is for people. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError'
  readonly code: ProtocolErrorCode

  constructor(code: ProtocolErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
