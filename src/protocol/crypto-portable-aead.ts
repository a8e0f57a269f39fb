/**
 * AES-256-GCM by a library in plain JavaScript: Web Crypto has it, but asynchronous. The library looks bytes up in tables,
 * so its time depends a little on key and text; it encrypts the facts of objects, and its key signs nothing.
 */
import { gcm } from '@noble/ciphers/aes.js'
import { toUtf8 } from './bytes.ts'

/** Functions instead of the bytes, so that no log can print a secret. */
export interface AeadKey {
  encrypt(nonce: Uint8Array, text: Uint8Array, additionalData: Uint8Array): Uint8Array
  decrypt(nonce: Uint8Array, ciphertext: Uint8Array, additionalData: Uint8Array): Uint8Array
}

export function createAeadKey(bytes: Uint8Array): AeadKey {
  const key = Uint8Array.from(bytes)
  return {
    encrypt: (nonce, text, additionalData) => gcm(key, nonce, additionalData).encrypt(text),
    decrypt: (nonce, text, additionalData) => gcm(key, nonce, additionalData).decrypt(text),
  }
}

const TAG_BYTES = 16

/**
 * @param text a string stands for its bytes of UTF-8
 * @returns ciphertext, then the tag of 16 bytes
 */
export function encryptAead(
  key: AeadKey,
  nonce: Uint8Array,
  text: Uint8Array | string,
  additionalData: Uint8Array,
): Uint8Array {
  return key.encrypt(nonce, typeof text === 'string' ? toUtf8(text) : text, additionalData)
}

/** @returns `undefined` when key, nonce, ciphertext or additional data are not those of the encryption */
export function decryptAead(
  key: AeadKey,
  nonce: Uint8Array,
  ciphertext: Uint8Array,
  additionalData: Uint8Array,
): Uint8Array | undefined {
  if (ciphertext.length < TAG_BYTES) return undefined
  try {
    return key.decrypt(nonce, ciphertext, additionalData)
  } catch {
    return undefined
  }
}
