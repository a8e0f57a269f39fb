/** AES-256-GCM by `node:crypto`. */
import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject } from 'node:crypto'

export type AeadKey = KeyObject

/** A key made ready once: importing it for each text costs three times the encryption itself. */
export function createAeadKey(bytes: Uint8Array): AeadKey {
  return createSecretKey(bytes)
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
  // The tag has 16 bytes unless another length is asked for.
  const cipher = createCipheriv('aes-256-gcm', key, nonce)
  cipher.setAAD(additionalData)
  const encrypted = typeof text === 'string' ? cipher.update(text, 'utf8') : cipher.update(text)
  // The end of GCM has no bytes of its own: it computes the tag.
  cipher.final()
  const bytes = new Uint8Array(encrypted.length + TAG_BYTES)
  bytes.set(encrypted)
  bytes.set(cipher.getAuthTag(), encrypted.length)
  return bytes
}

/** @returns `undefined` when key, nonce, ciphertext or additional data are not those of the encryption */
export function decryptAead(
  key: AeadKey,
  nonce: Uint8Array,
  ciphertext: Uint8Array,
  additionalData: Uint8Array,
): Uint8Array | undefined {
  if (ciphertext.length < TAG_BYTES) return undefined
  const end = ciphertext.length - TAG_BYTES
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES })
  decipher.setAAD(additionalData)
  decipher.setAuthTag(ciphertext.subarray(end))
  try {
    const text = decipher.update(ciphertext.subarray(0, end))
    // Throws when the tag is not that of the text.
    decipher.final()
    return new Uint8Array(text)
  } catch {
    return undefined
  }
}
