/** AES-256-GCM by `node:crypto`. */
import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject } from 'node:crypto'

export type AeadKey = KeyObject

/** A key made ready once: importing it for each text costs three times the encryption itself. */
export function createAeadKey(bytes: Uint8Array): AeadKey {
  return createSecretKey(bytes)
}

const TAG_BYTES = 16

function join(pieces: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const piece of pieces) {
    bytes.set(piece, at)
    at += piece.length
  }
  return bytes
}

/** @returns ciphertext, then the tag of 16 bytes */
export function encryptAead(
  key: AeadKey,
  nonce: Uint8Array,
  text: Uint8Array,
  additionalData: Uint8Array,
): Uint8Array {
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES })
  cipher.setAAD(additionalData)
  return join([cipher.update(text), cipher.final(), cipher.getAuthTag()])
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
    return join([decipher.update(ciphertext.subarray(0, end)), decipher.final()])
  } catch {
    return undefined
  }
}
