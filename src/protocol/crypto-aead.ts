/**
 * Authenticated encryption, AES-256-GCM, synchronous: which Web Crypto is not. What computes it is chosen as in
 * `crypto.ts`.
 *
 * @see https://nvlpubs.nist.gov/nistpubs/Legacy/SP/nistspecialpublication800-38d.pdf
 */
export { type AeadKey, createAeadKey, decryptAead, encryptAead } from '#crypto'

/** Bytes. */
export const AEAD_KEY_BYTES = 32

/** Bytes. A nonce must never be used for two different texts under one key. */
export const AEAD_NONCE_BYTES = 12
