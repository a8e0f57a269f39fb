/**
 * Hashes, HMACs, and the RSA-MD5 of callbacks; all synchronous. The conditions of `imports` in package.json choose what
 * computes them: `node:crypto` on Node, workerd, Deno and Bun, and libraries in plain JavaScript everywhere else.
 */
export {
  createHmacKey,
  createMd5,
  type HmacKey,
  hmacSha1,
  hmacSha256,
  hmacSha256Base64Url,
  hmacSha256Hex,
  md5,
  parsePublicKey,
  type RsaPublicKey,
  sha256,
  sha256Base64Url,
  sha256Hex,
  verifyRsaMd5,
} from '#crypto'

/**
 * Compares two texts in a time that depends on their length only, not on where they differ. `timingSafeEqual` would
 * need both as bytes, which costs as much as the HMAC that is compared.
 */
export function equalInConstantTime(a: string, b: string): boolean {
  if (a.length !== b.length) return false
  let difference = 0
  for (let at = 0; at < a.length; at += 1) difference |= a.charCodeAt(at) ^ b.charCodeAt(at)
  return difference === 0
}
