/**
 * Hashes, HMACs and RSA-MD5 by `node:crypto`, which Node, workerd, Deno and Bun have: Web Crypto has neither MD5 nor
 * RSA-MD5, and its HMAC takes forty times as long on Node.
 */
import {
  createHash,
  createHmac,
  createPublicKey,
  createSecretKey,
  hash,
  type KeyObject,
  verify,
} from 'node:crypto'
import { toUtf8 } from './bytes.ts'

export { type AeadKey, createAeadKey, decryptAead, encryptAead } from './crypto-node-aead.ts'

export type HmacKey = KeyObject

/** A key prepared once for many HMACs. */
export function createHmacKey(secret: Uint8Array | string): HmacKey {
  return createSecretKey(typeof secret === 'string' ? toUtf8(secret) : secret)
}

const encoder = new TextEncoder()
const scratch = new Uint8Array(16 * 1024)

/**
 * Encodes a text into a shared buffer for one hash or HMAC, then zeroes it, because texts may be tokens. `use` must be
 * synchronous and must not call `withBytes`. The plain form is `use(toUtf8(data))`, which allocates for each text: in
 * workerd that takes a fifteenth of `POST /uploads` (`npm run bench -- workerd`).
 */
function withBytes<T>(data: Uint8Array | string, use: (bytes: Uint8Array) => T): T {
  if (typeof data !== 'string') return use(data)
  // A UTF-16 unit is at most three bytes of UTF-8.
  if (data.length * 3 > scratch.length) return use(toUtf8(data))
  const bytes = scratch.subarray(0, encoder.encodeInto(data, scratch).written)
  try {
    return use(bytes)
  } finally {
    bytes.fill(0)
  }
}

export function sha256(data: Uint8Array | string): Uint8Array {
  return withBytes(data, (bytes) => hash('sha256', bytes, 'buffer'))
}

export function sha256Hex(data: Uint8Array | string): string {
  return withBytes(data, (bytes) => hash('sha256', bytes, 'hex'))
}

/** Unpadded Base64url, as JWS uses it. */
export function sha256Base64Url(data: Uint8Array | string): string {
  return withBytes(data, (bytes) => hash('sha256', bytes, 'base64url'))
}

export function hmacSha256(key: HmacKey | Uint8Array, data: Uint8Array | string): Uint8Array {
  return createHmac('sha256', key).update(data).digest()
}

export function hmacSha256Hex(key: HmacKey | Uint8Array, data: Uint8Array | string): string {
  return withBytes(data, (bytes) => createHmac('sha256', key).update(bytes).digest('hex'))
}

/** Unpadded Base64url, as JWS uses it. */
export function hmacSha256Base64Url(key: HmacKey | Uint8Array, data: Uint8Array | string): string {
  return withBytes(data, (bytes) => createHmac('sha256', key).update(bytes).digest('base64url'))
}

/** For signature V1 in the local OSS. */
export function hmacSha1(key: HmacKey | Uint8Array, data: Uint8Array | string): Uint8Array {
  return createHmac('sha1', key).update(data).digest()
}

export function md5(data: Uint8Array | string): Uint8Array {
  return createHash('md5').update(data).digest()
}

/** MD5 of bytes that are given in pieces. */
export function createMd5(): { update(data: Uint8Array): void; digest(): Uint8Array } {
  const state = createHash('md5')
  return {
    update: (data) => void state.update(data),
    digest: () => state.digest(),
  }
}

export type RsaPublicKey = KeyObject

/** @throws when the text is not a PEM public key */
export function parsePublicKey(pem: string): RsaPublicKey {
  return createPublicKey(pem)
}

/** RSASSA-PKCS1-v1_5 with MD5. False for a signature of a wrong length too. */
export function verifyRsaMd5(key: RsaPublicKey, data: Uint8Array, signature: Uint8Array): boolean {
  return verify('RSA-MD5', data, key, signature)
}
