/**
 * RSA private keys: what only OSS itself has. For the local OSS and for tests; needs `node:crypto`.
 */
import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
} from 'node:crypto'

export type RsaPrivateKey = KeyObject

/** @throws when the text is not a PEM private key */
export function parsePrivateKey(pem: string): RsaPrivateKey {
  return createPrivateKey(pem)
}

/** RSASSA-PKCS1-v1_5 with MD5, as OSS signs its callbacks. */
export function signRsaMd5(key: RsaPrivateKey, data: Uint8Array): Uint8Array {
  return sign('RSA-MD5', data, key)
}

/** A new RSA key pair as PEM texts (SPKI and PKCS #8). */
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
 * @throws when the text is not a PEM private key
 */
export function derivePublicKey(privateKeyPem: string): string {
  return createPublicKey(createPrivateKey(privateKeyPem))
    .export({ type: 'spki', format: 'pem' })
    .toString()
}
