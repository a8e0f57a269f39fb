/**
 * The symmetric signature of Standard Webhooks 1.0.0: HMAC-SHA256 over `id.timestamp.body`.
 *
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md#signature-scheme
 */
import { fromBase64, toBase64, toUtf8 } from '../protocol/bytes.ts'
import { createHmacKey, type HmacKey, hmacSha256 } from '../protocol/crypto.ts'
import { WebhookError } from './errors.ts'

const PREFIX = 'whsec_'
/** Bytes, from the specification: "At least 24 bytes (192 bits, 512 maximum)", and 512 bits are 64 bytes. */
const MIN_SECRET_BYTES = 24
const MAX_SECRET_BYTES = 64

/** What to do about a secret that is none. */
export const MAKE_WEBHOOK_SECRET = 'make one with `echo "whsec_$(openssl rand -base64 32)"`'

/**
 * Reads a secret such as `whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw`.
 *
 * @throws {WebhookError} `WEBHOOK_SECRET`; the message does not quote the secret
 */
export function parseWebhookSecret(secret: string): HmacKey {
  let bytes: Uint8Array | undefined
  try {
    bytes = fromBase64(secret.slice(PREFIX.length))
  } catch {
    // Not Base64: the length below is wrong, too.
  }
  const length = bytes?.length ?? 0
  if (
    !bytes ||
    !secret.startsWith(PREFIX) ||
    length < MIN_SECRET_BYTES ||
    length > MAX_SECRET_BYTES
  ) {
    throw new WebhookError(
      'WEBHOOK_SECRET',
      `A webhook secret is ${PREFIX} and the Base64 of ${MIN_SECRET_BYTES} to ${MAX_SECRET_BYTES} random bytes; ${MAKE_WEBHOOK_SECRET}.`,
    )
  }
  return createHmacKey(bytes)
}

export interface SignedContent {
  /** The event's id, the same for every attempt. */
  id: string
  /** Of the attempt: Unix time in seconds, decimal, as the header has it. */
  timestamp: string
  /** As it is sent. */
  body: Uint8Array
}

/** One entry of the header `webhook-signature`, with the prefix `v1,`. */
export function signWebhook(key: HmacKey, { id, timestamp, body }: SignedContent): string {
  const head = toUtf8(`${id}.${timestamp}.`)
  const content = new Uint8Array(head.length + body.length)
  content.set(head)
  content.set(body, head.length)
  return `v1,${toBase64(hmacSha256(key, content))}`
}
