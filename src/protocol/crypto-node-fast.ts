/**
 * `crypto-node.ts` for Node itself: HMACs of texts are made of two hashes each, as RFC 2104 defines them. The plain way is
 * in `crypto-node.ts`: an object of OpenSSL for each HMAC, which costs twice as much (`npm run bench -- presign uploads`).
 * In workerd the plain way is faster.
 *
 * @see https://www.rfc-editor.org/rfc/rfc2104#section-2
 */
import { hash, KeyObject } from 'node:crypto'
import {
  type HmacKey,
  hmacSha256Base64Url as plainBase64Url,
  hmacSha256Hex as plainHex,
  sha256,
} from './crypto-node.ts'

export {
  type AeadKey,
  createAeadKey,
  createHmacKey,
  createMd5,
  decryptAead,
  encryptAead,
  type HmacKey,
  hmacSha1,
  hmacSha256,
  md5,
  parsePublicKey,
  type RsaPublicKey,
  sha256,
  sha256Base64Url,
  sha256Hex,
  verifyRsaMd5,
} from './crypto-node.ts'

/** Bytes of a block and of a digest of SHA-256. */
const BLOCK_BYTES = 64
const DIGEST_BYTES = 32
/** Longer texts take the plain way. */
const MAX_TEXT_CHARS = 5000

/** The first block of both hashes: the key, changed by a constant. */
interface Blocks {
  inner: Uint8Array
  outer: Uint8Array
}

const blocksOf = new WeakMap<HmacKey, Blocks>()

function prepareBlocks(key: HmacKey): Blocks {
  const known = blocksOf.get(key)
  if (known) return known
  const secret = key.export()
  const block = new Uint8Array(BLOCK_BYTES)
  block.set(secret.length > BLOCK_BYTES ? sha256(secret) : secret)
  const blocks = {
    inner: block.map((byte) => byte ^ 0x36),
    outer: block.map((byte) => byte ^ 0x5c),
  }
  secret.fill(0)
  block.fill(0)
  blocksOf.set(key, blocks)
  return blocks
}

const encoder = new TextEncoder()
/** A UTF-16 unit is at most three bytes of UTF-8. */
const innerInput = new Uint8Array(BLOCK_BYTES + MAX_TEXT_CHARS * 3)
const innerText = innerInput.subarray(BLOCK_BYTES)
const outerInput = new Uint8Array(BLOCK_BYTES + DIGEST_BYTES)

/** Both inputs are zeroed: texts may be tokens. */
function hmacOfText(key: HmacKey, text: string, encoding: 'hex' | 'base64url'): string {
  const { inner, outer } = prepareBlocks(key)
  innerInput.set(inner)
  const length = BLOCK_BYTES + encoder.encodeInto(text, innerText).written
  // As a text: a new object of bytes costs as much as the hash.
  const digest = hash('sha256', innerInput.subarray(0, length), 'binary')
  innerInput.fill(0, 0, length)
  outerInput.set(outer)
  for (let at = 0; at < DIGEST_BYTES; at += 1) outerInput[BLOCK_BYTES + at] = digest.charCodeAt(at)
  const result = hash('sha256', outerInput, encoding)
  outerInput.fill(0)
  return result
}

function isShortText(data: Uint8Array | string): data is string {
  return typeof data === 'string' && data.length <= MAX_TEXT_CHARS
}

export function hmacSha256Hex(key: HmacKey | Uint8Array, data: Uint8Array | string): string {
  return key instanceof KeyObject && isShortText(data)
    ? hmacOfText(key, data, 'hex')
    : plainHex(key, data)
}

/** Unpadded Base64url, as JWS uses it. */
export function hmacSha256Base64Url(key: HmacKey | Uint8Array, data: Uint8Array | string): string {
  return key instanceof KeyObject && isShortText(data)
    ? hmacOfText(key, data, 'base64url')
    : plainBase64Url(key, data)
}
