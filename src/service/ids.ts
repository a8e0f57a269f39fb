/** Upload ids and request ids: 22 characters of Base64url, 132 random bits. */
import { type HmacKey, hmacSha256Base64Url } from '../protocol/crypto.ts'

/** 64 characters, so that six bits of each random byte choose one evenly. */
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
const ID_CHARS = 22
/** Asking the platform for random bytes costs more than the id itself: they are asked for 64 ids at a time. */
const IDS_AT_ONCE = 64

/** @returns a function that makes one id a call */
export function createIds(): () => string {
  const pool = new Uint8Array(ID_CHARS * IDS_AT_ONCE)
  let at = pool.length
  return () => {
    if (at === pool.length) {
      crypto.getRandomValues(pool)
      at = 0
    }
    let id = ''
    for (const end = at + ID_CHARS; at < end; at += 1) id += ALPHABET[(pool[at] ?? 0) & 63]
    return id
  }
}

/**
 * The id of a request that may be repeated: the same for the same owner, key and body, and guessed by nobody without
 * the secret.
 *
 * @param owner who asks, and whom: a text that names both
 * @param key of the header `Idempotency-Key`
 * @see https://datatracker.ietf.org/doc/html/draft-ietf-httpapi-idempotency-key-header
 */
export function deriveId(secret: HmacKey, owner: string, key: string, body: string): string {
  const text = JSON.stringify(['upload id', owner, key, body])
  return hmacSha256Base64Url(secret, text).slice(0, ID_CHARS)
}
