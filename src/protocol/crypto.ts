/**
 * Hashes, HMACs and the RSA-MD5 of callbacks. The only file that imports `node:crypto`: Web Crypto has
 * neither MD5 nor RSA-MD5, and one HMAC through it costs forty times as much on Node.
 */
import {
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  generateKeyPairSync,
  hash,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto'
import { toUtf8 } from './bytes.ts'

export type HmacKey = KeyObject

/** A key made ready once, so that each HMAC with it is only arithmetic. */
export function createHmacKey(secret: Uint8Array | string): HmacKey {
  return createSecretKey(typeof secret === 'string' ? toUtf8(secret) : secret)
}

const encoder = new TextEncoder()
const room = new Uint8Array(16 * 1024)

/**
 * Lends a text's bytes for one hash or HMAC: a room that is used again costs less than a new one for each text, above
 * all in workerd. It is wiped at once, because tokens pass through.
 */
function withBytes<T>(data: Uint8Array | string, use: (bytes: Uint8Array) => T): T {
  if (typeof data !== 'string') return use(data)
  // A UTF-16 unit is at most three bytes of UTF-8.
  if (data.length * 3 > room.length) return use(toUtf8(data))
  const bytes = room.subarray(0, encoder.encodeInto(data, room).written)
  try {
    return use(bytes)
  } finally {
    bytes.fill(0)
  }
}

export function sha256(data: Uint8Array | string): Uint8Array {
  return createHash('sha256').update(data).digest()
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
  return createHmac('sha256', key).update(data).digest('hex')
}

/** Unpadded Base64url, as JWS uses it. Lent bytes pay for its texts; for a string to sign, which is short, they do not. */
export function hmacSha256Base64Url(key: HmacKey | Uint8Array, data: Uint8Array | string): string {
  return withBytes(data, (bytes) => createHmac('sha256', key).update(bytes).digest('base64url'))
}

/** Only the local OSS needs it, for signature V1. */
export function hmacSha1(key: HmacKey | Uint8Array, data: Uint8Array | string): Uint8Array {
  return createHmac('sha1', key).update(data).digest()
}

export function md5(data: Uint8Array | string): Uint8Array {
  return createHash('md5').update(data).digest()
}

/** MD5 of bytes that arrive in pieces. */
export function createMd5(): { update(data: Uint8Array): void; digest(): Uint8Array } {
  const state = createHash('md5')
  return {
    update: (data) => void state.update(data),
    digest: () => state.digest(),
  }
}

/**
 * Constant time for equal lengths: every character counts, wherever the first difference is. `timingSafeEqual` takes
 * bytes alone, and to make them of two texts costs as much as the HMAC they are.
 */
export function equalInConstantTime(a: string, b: string): boolean {
  if (a.length !== b.length) return false
  let difference = 0
  for (let at = 0; at < a.length; at += 1) difference |= a.charCodeAt(at) ^ b.charCodeAt(at)
  return difference === 0
}

export type RsaPublicKey = KeyObject
export type RsaPrivateKey = KeyObject

/** @throws when the text is no PEM public key */
export function parsePublicKey(pem: string): RsaPublicKey {
  return createPublicKey(pem)
}

/** @throws when the text is no PEM private key */
export function parsePrivateKey(pem: string): RsaPrivateKey {
  return createPrivateKey(pem)
}

/** RSASSA-PKCS1-v1_5 over MD5. False for a signature of any wrong shape. */
export function verifyRsaMd5(key: RsaPublicKey, data: Uint8Array, signature: Uint8Array): boolean {
  return verify('RSA-MD5', data, key, signature)
}

export function signRsaMd5(key: RsaPrivateKey, data: Uint8Array): Uint8Array {
  return sign('RSA-MD5', data, key)
}

/** A fresh RSA pair as PEM texts (SPKI and PKCS #8). */
export function createRsaKeyPair(bits: number): { publicKey: string; privateKey: string } {
  return generateKeyPairSync('rsa', {
    modulusLength: bits,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  })
}

/**
 * The public half of a private key, as PEM (SPKI).
 *
 * @throws when the text is no PEM private key
 */
export function derivePublicKey(privateKeyPem: string): string {
  return createPublicKey(createPrivateKey(privateKeyPem))
    .export({ type: 'spki', format: 'pem' })
    .toString()
}
