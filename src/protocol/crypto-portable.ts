/**
 * Hashes and HMACs without `node:crypto`, for runtimes that have Web APIs alone: Web Crypto is asynchronous and has no
 * MD5. The same names and results as `crypto-node.ts`; test/protocol/crypto-portable.node.test.ts compares the two.
 */
import { hmac } from '@noble/hashes/hmac.js'
import { md5 as hashMd5, sha1 } from '@noble/hashes/legacy.js'
import { sha256 as hashSha256 } from '@noble/hashes/sha2.js'
import { toBase64Url, toHex, toUtf8 } from './bytes.ts'

export { type AeadKey, createAeadKey, decryptAead, encryptAead } from './crypto-portable-aead.ts'
export { parsePublicKey, type RsaPublicKey, verifyRsaMd5 } from './crypto-portable-rsa.ts'

/** Functions instead of the bytes, so that no log can print a secret. */
export interface HmacKey {
  sha256(data: Uint8Array): Uint8Array
  sha1(data: Uint8Array): Uint8Array
}

function toBytes(data: Uint8Array | string): Uint8Array {
  return typeof data === 'string' ? toUtf8(data) : data
}

/** A key prepared once for many HMACs: the two blocks that depend on it alone are hashed here. */
export function createHmacKey(secret: Uint8Array | string): HmacKey {
  const bytes = Uint8Array.from(toBytes(secret))
  const prepared = hmac.create(hashSha256, bytes)
  return {
    sha256: (data) => prepared.clone().update(data).digest(),
    sha1: (data) => hmac(sha1, bytes, data),
  }
}

export function sha256(data: Uint8Array | string): Uint8Array {
  return hashSha256(toBytes(data))
}

export function sha256Hex(data: Uint8Array | string): string {
  return toHex(sha256(data))
}

/** Unpadded Base64url, as JWS uses it. */
export function sha256Base64Url(data: Uint8Array | string): string {
  return toBase64Url(sha256(data))
}

export function hmacSha256(key: HmacKey | Uint8Array, data: Uint8Array | string): Uint8Array {
  const bytes = toBytes(data)
  return 'sha256' in key ? key.sha256(bytes) : hmac(hashSha256, key, bytes)
}

export function hmacSha256Hex(key: HmacKey | Uint8Array, data: Uint8Array | string): string {
  return toHex(hmacSha256(key, data))
}

/** Unpadded Base64url, as JWS uses it. */
export function hmacSha256Base64Url(key: HmacKey | Uint8Array, data: Uint8Array | string): string {
  return toBase64Url(hmacSha256(key, data))
}

/** For signature V1 in the local OSS. */
export function hmacSha1(key: HmacKey | Uint8Array, data: Uint8Array | string): Uint8Array {
  const bytes = toBytes(data)
  return 'sha1' in key ? key.sha1(bytes) : hmac(sha1, key, bytes)
}

export function md5(data: Uint8Array | string): Uint8Array {
  return hashMd5(toBytes(data))
}

/** MD5 of bytes that are given in pieces. */
export function createMd5(): { update(data: Uint8Array): void; digest(): Uint8Array } {
  const state = hashMd5.create()
  return {
    update: (data) => void state.update(data),
    digest: () => state.digest(),
  }
}
