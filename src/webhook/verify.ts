/**
 * Verifies a webhook of the service: the signature over the raw bytes first, then the time, and only then is the body
 * parsed.
 *
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md#verifying-signatures
 */
import { toUtf8 } from '../protocol/bytes.ts'
import { equalInConstantTime, type HmacKey } from '../protocol/crypto.ts'
import { WebhookError } from './errors.ts'
import { parseEvent, type UploadEvent } from './event.ts'
import { parseWebhookSecret, signWebhook } from './signature.ts'

/** Headers of the Fetch API, of Node's `IncomingMessage`, or a plain object; names in any case. */
export type WebhookHeaders =
  | Headers
  | Readonly<Record<string, string | readonly string[] | undefined>>

export interface VerifyOptions {
  /** Each `whsec_…` that is valid now: two while the sender changes its secret. */
  secrets: readonly string[]
  /** @default the system clock */
  now?: Date | undefined
  /** How far `webhook-timestamp` may be from `now`, before or after. @default 300 (5 min) */
  toleranceSeconds?: number | undefined
}

const TOLERANCE_SECONDS = 300
/** Bytes. A receipt has at most 64 KiB, and key, source and names are added to it. */
export const MAX_EVENT_BYTES = 128 * 1024
/** Characters; ten secrets make 480, and a sender may add signatures of other versions. */
const MAX_SIGNATURE_CHARS = 4096

/** @throws {WebhookError} `WEBHOOK_HEADER` */
function readHeader(headers: WebhookHeaders, name: string): string {
  let value: unknown
  if (typeof headers?.get === 'function') {
    value = (headers as Headers).get(name)
  } else {
    for (const [key, text] of Object.entries(headers ?? {})) {
      if (key.toLowerCase() === name) value = text
    }
  }
  const text = Array.isArray(value) && value.length === 1 ? value[0] : value
  if (typeof text === 'string' && text !== '') return text
  throw new WebhookError(
    'WEBHOOK_HEADER',
    `The header ${name} is missing. Pass the headers of the request as they arrived; if it is not there at all, the request is not a webhook, or a proxy removed it.`,
  )
}

/** @throws {WebhookError} `WEBHOOK_BODY` */
export function refuseBody(): never {
  throw new WebhookError(
    'WEBHOOK_BODY',
    'The body is neither bytes nor text: it was not read, or was parsed already. The signature covers the bytes as they arrived; pass them before any JSON parser (`await request.arrayBuffer()`, in Express `express.raw({ type: "*/*" })` on this route).',
  )
}

/** @throws {WebhookError} `WEBHOOK_BODY`, `WEBHOOK_TOO_LARGE` */
function readBody(rawBody: unknown): Uint8Array {
  let body: Uint8Array
  if (typeof rawBody === 'string') body = toUtf8(rawBody)
  else if (rawBody instanceof ArrayBuffer) body = new Uint8Array(rawBody)
  else if (ArrayBuffer.isView(rawBody)) {
    body = new Uint8Array(rawBody.buffer, rawBody.byteOffset, rawBody.byteLength)
  } else {
    return refuseBody()
  }
  if (body.length > MAX_EVENT_BYTES) {
    throw new WebhookError('WEBHOOK_TOO_LARGE', `The body is longer than ${MAX_EVENT_BYTES} bytes.`)
  }
  return body
}

/** @throws {WebhookError} `WEBHOOK_SECRET` */
export function readSecrets(secrets: unknown): HmacKey[] {
  const list = Array.isArray(secrets) ? secrets : []
  if (list.length === 0 || list.some((secret) => typeof secret !== 'string')) {
    throw new WebhookError(
      'WEBHOOK_SECRET',
      '`secrets` must be an array with at least one text: the secrets that the service signs with.',
    )
  }
  return list.map(parseWebhookSecret)
}

/** @throws {WebhookError} `WEBHOOK_TIMESTAMP` */
function checkTime(
  timestamp: string,
  { now, toleranceSeconds = TOLERANCE_SECONDS }: VerifyOptions,
): void {
  const seconds = Math.floor((now ?? new Date()).getTime() / 1000) - Number(timestamp)
  // Written this way round, it also refuses when a number of the caller's is NaN.
  if (Math.abs(seconds) <= toleranceSeconds) return
  throw new WebhookError(
    'WEBHOOK_TIMESTAMP',
    `The signature is valid, but was made ${Math.abs(seconds)} s ${seconds < 0 ? 'from now' : 'ago'}; ${toleranceSeconds} s are allowed. An old request was sent again, or the clock here or at the sender is wrong.`,
  )
}

/** A body that the service has signed, not parsed yet. */
export interface SignedBody {
  /** The header `webhook-id`. */
  id: string
  body: Uint8Array
}

/** @throws {WebhookError} see `WebhookErrorCode` */
export function verifySignature(
  headers: WebhookHeaders,
  rawBody: Uint8Array | ArrayBuffer | string,
  options: VerifyOptions,
): SignedBody {
  const keys = readSecrets(options?.secrets)
  const body = readBody(rawBody)
  const id = readHeader(headers, 'webhook-id')
  const timestamp = readHeader(headers, 'webhook-timestamp')
  const given = readHeader(headers, 'webhook-signature')
  if (!/^\d{1,12}$/.test(timestamp)) {
    throw new WebhookError(
      'WEBHOOK_HEADER',
      'The header webhook-timestamp is not Unix time in seconds.',
    )
  }
  if (given.length > MAX_SIGNATURE_CHARS) {
    throw new WebhookError(
      'WEBHOOK_HEADER',
      `The header webhook-signature is longer than ${MAX_SIGNATURE_CHARS} characters.`,
    )
  }
  const signatures = given.split(' ')
  const isSigned = keys.some((key) => {
    const expected = signWebhook(key, { id, timestamp, body })
    return signatures.some((signature) => equalInConstantTime(signature, expected))
  })
  if (!isSigned) {
    throw new WebhookError(
      'WEBHOOK_SIGNATURE',
      'No signature fits. Either the secret here is not one that the service signs with, or the body is not the bytes as they arrived (parsed and serialized again, or changed by a proxy), or somebody else sent it.',
    )
  }
  checkTime(timestamp, options)
  return { id, body }
}

/**
 * Verifies one request of the service and returns its event.
 *
 * @param rawBody the bytes as they arrived, or the text that they decode to; never a parsed object
 * @throws {WebhookError} see `WebhookErrorCode`; `error.status` is the HTTP status to respond with
 */
export function verifyWebhook(
  headers: WebhookHeaders,
  rawBody: Uint8Array | ArrayBuffer | string,
  options: VerifyOptions,
): UploadEvent {
  const { id, body } = verifySignature(headers, rawBody, options)
  return parseEvent(body, id)
}
