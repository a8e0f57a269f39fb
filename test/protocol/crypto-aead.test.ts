import { describe, expect, it } from 'vitest'
import { fromUtf8, toHex, toUtf8 } from '../../src/protocol/bytes.ts'
import {
  AEAD_KEY_BYTES,
  AEAD_NONCE_BYTES,
  createAeadKey,
  decryptAead,
  encryptAead,
} from '../../src/protocol/crypto-aead.ts'

const fromHex = (hex: string): Uint8Array =>
  Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))

describe('AES-256-GCM', () => {
  // Test case 16 of "The Galois/Counter Mode of Operation (GCM)", McGrew and Viega, appendix B.
  const key = createAeadKey(
    fromHex('feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308'),
  )
  const nonce = fromHex('cafebabefacedbaddecaf888')
  const text = fromHex(
    'd9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39',
  )
  const data = fromHex('feedfacedeadbeeffeedfacedeadbeefabaddad2')
  const expected =
    '522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662' +
    '76fc6ece0f4e1768cddf8853bb2d551b'

  it('is the one of its specification', () => {
    expect(toHex(encryptAead(key, nonce, text, data))).toBe(expected)
    expect(toHex(decryptAead(key, nonce, fromHex(expected), data) ?? new Uint8Array())).toBe(
      toHex(text),
    )
  })

  it('gives nothing for a changed text, key, nonce or additional data, and for too few bytes', () => {
    const good = encryptAead(key, nonce, toUtf8('知己'), data)
    expect(fromUtf8(decryptAead(key, nonce, good, data) ?? new Uint8Array())).toBe('知己')
    const changed = Uint8Array.from(good, (byte, at) => (at === 1 ? byte ^ 1 : byte))
    expect(decryptAead(key, nonce, changed, data)).toBeUndefined()
    expect(
      decryptAead(createAeadKey(new Uint8Array(AEAD_KEY_BYTES)), nonce, good, data),
    ).toBeUndefined()
    expect(decryptAead(key, new Uint8Array(AEAD_NONCE_BYTES), good, data)).toBeUndefined()
    expect(decryptAead(key, nonce, good, toUtf8('other'))).toBeUndefined()
    expect(decryptAead(key, nonce, good.subarray(0, 15), data)).toBeUndefined()
    expect(decryptAead(key, nonce, new Uint8Array(), data)).toBeUndefined()
  })

  it('encrypts nothing at all, too', () => {
    const tag = encryptAead(key, nonce, new Uint8Array(), data)
    expect(tag.length).toBe(16)
    expect(decryptAead(key, nonce, tag, data)?.length).toBe(0)
  })
})
