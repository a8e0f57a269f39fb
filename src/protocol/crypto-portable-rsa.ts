/**
 * RSASSA-PKCS1-v1_5 with MD5, the verification alone, by BigInt. Everything here is public: key, data and signature.
 *
 * Web Crypto has no MD5 and refuses the 512-bit key of OSS. A signature is compared with the one encoding that the
 * standard allows, and never parsed.
 *
 * @see https://www.rfc-editor.org/rfc/rfc8017#section-8.2.2
 */
import { md5 } from '@noble/hashes/legacy.js'
import { fromBase64, toHex } from './bytes.ts'
import { DER, readDer, readDerInteger, readDerPair } from './der.ts'
import { ProtocolError } from './errors.ts'

export interface RsaPublicKey {
  readonly modulus: bigint
  readonly exponent: bigint
  /** Length of the modulus, and of each signature. */
  readonly bytes: number
}

/** Bits. OSS has 512, the local OSS 1024; longer ones would only cost time. */
const MAX_MODULUS_BITS = 4096
/** Bits. 65537 has 17. */
const MAX_EXPONENT_BITS = 64

const PEM = /-----BEGIN (RSA )?PUBLIC KEY-----([A-Za-z0-9+/=\s]+)-----END \1PUBLIC KEY-----/
/** 1.2.840.113549.1.1.1, rsaEncryption, and its parameters NULL. */
const RSA_ENCRYPTION = '06092a864886f70d0101010500'

/** SubjectPublicKeyInfo: the algorithm, and the key as a bit string without unused bits. */
function unwrapSpki(der: Uint8Array): Uint8Array {
  const [algorithm, key] = readDerPair(der)
  const content = readDer(algorithm, DER.SEQUENCE)
  const bits = readDer(key, DER.BIT_STRING)
  if (toHex(content) !== RSA_ENCRYPTION || bits[0] !== 0) {
    throw new ProtocolError('TEXT', 'The PEM text holds a public key, but none of RSA.')
  }
  return bits.subarray(1)
}

/**
 * Reads `PUBLIC KEY` (SPKI) and `RSA PUBLIC KEY` (PKCS #1).
 *
 * @throws {ProtocolError} `TEXT`
 */
export function parsePublicKey(pem: string): RsaPublicKey {
  const [, isBare, text] = PEM.exec(pem) ?? []
  if (text === undefined) {
    throw new ProtocolError('TEXT', 'The text is not a public key in PEM (BEGIN PUBLIC KEY).')
  }
  const der = fromBase64(text.replace(/\s/g, ''))
  const [first, second] = readDerPair(isBare ? der : unwrapSpki(der))
  const modulus = readDerInteger(first)
  const exponent = readDerInteger(second)
  const bits = modulus.toString(2).length
  if (
    bits > MAX_MODULUS_BITS ||
    exponent.toString(2).length > MAX_EXPONENT_BITS ||
    exponent < 3n ||
    modulus % 2n === 0n ||
    exponent % 2n === 0n
  ) {
    throw new ProtocolError('TEXT', 'The numbers of the RSA key are out of range.')
  }
  return { modulus, exponent, bytes: Math.ceil(bits / 8) }
}

function toBigInt(bytes: Uint8Array): bigint {
  return BigInt(`0x${toHex(bytes)}`)
}

/** `exponent` has at most `MAX_EXPONENT_BITS` bits. */
function powerModulo(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n
  let square = base
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = (result * square) % modulus
    square = (square * square) % modulus
  }
  return result
}

/** DigestInfo of MD5, without the hash. @see https://www.rfc-editor.org/rfc/rfc8017#section-9.2 */
const MD5_PREFIX = '3020300c06082a864886f70d020505000410'
/** Bytes: 00 01, at least eight FF, 00, DigestInfo with the hash. */
const MIN_ENCODED_BYTES = 2 + 8 + 1 + MD5_PREFIX.length / 2 + 16

/** False for a signature of a wrong length too. */
export function verifyRsaMd5(key: RsaPublicKey, data: Uint8Array, signature: Uint8Array): boolean {
  const { modulus, exponent, bytes } = key
  if (signature.length !== bytes || bytes < MIN_ENCODED_BYTES) return false
  const value = toBigInt(signature)
  if (value >= modulus) return false
  const info = `00${MD5_PREFIX}${toHex(md5(data))}`
  const encoded = BigInt(`0x0001${'ff'.repeat(bytes - 2 - info.length / 2)}${info}`)
  return powerModulo(value, exponent, modulus) === encoded
}
