export type WebhookErrorCode =
  /** The body is not what the signature needs (parsed already), not JSON in UTF-8, or not an event. */
  | 'WEBHOOK_BODY'
  /** The event is authentic, of a type that this version does not know. */
  | 'WEBHOOK_EVENT'
  /** The application's handler failed; `cause` is what it threw. */
  | 'WEBHOOK_HANDLER'
  /** A header is missing or malformed. */
  | 'WEBHOOK_HEADER'
  /** The receiver's own setting. */
  | 'WEBHOOK_SECRET'
  | 'WEBHOOK_SIGNATURE'
  /** Signed too long ago, or in the future. */
  | 'WEBHOOK_TIMESTAMP'
  /** The body is longer than any event. */
  | 'WEBHOOK_TOO_LARGE'

/** HTTP status that tells the sender what to do: 5xx names the receiver's own fault. Each of them is tried again. */
const STATUS: Readonly<Record<WebhookErrorCode, number>> = {
  WEBHOOK_BODY: 400,
  WEBHOOK_EVENT: 422,
  WEBHOOK_HANDLER: 500,
  WEBHOOK_HEADER: 400,
  WEBHOOK_SECRET: 500,
  WEBHOOK_SIGNATURE: 401,
  WEBHOOK_TIMESTAMP: 401,
  WEBHOOK_TOO_LARGE: 413,
}

/** Why a request is not believed. `code` is the contract; `message` is for people and holds nothing secret. */
export class WebhookError extends Error {
  override readonly name = 'WebhookError'
  readonly code: WebhookErrorCode
  /** HTTP status to respond with. */
  readonly status: number

  constructor(code: WebhookErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
    this.status = STATUS[code]
  }
}
