/**
 * What every implementation behind `#crypto` must do: the same suite for `node:crypto` and for the portable one.
 */
import { describe, expect, it } from 'vitest'
import {
  fromBase64,
  fromUtf8,
  toBase64,
  toBase64Url,
  toHex,
  toUtf8,
} from '../../src/protocol/bytes.ts'
import { buildCallbackStringToSign } from '../../src/protocol/callback-verify.ts'
import { parsePrivateKey, signRsaMd5 } from '../../src/protocol/crypto-rsa-private.ts'
import { CALLBACK_KEY } from '../support/keys.ts'
import callbacks from '../vectors/callback-verify.json' with { type: 'json' }

type Data = Uint8Array | string

/** Keys are opaque: each implementation has its own. */
export interface Crypto<HmacKey, AeadKey, PublicKey> {
  createHmacKey(secret: Data): HmacKey
  sha256(data: Data): Uint8Array
  sha256Hex(data: Data): string
  sha256Base64Url(data: Data): string
  hmacSha256(key: HmacKey | Uint8Array, data: Data): Uint8Array
  hmacSha256Hex(key: HmacKey | Uint8Array, data: Data): string
  hmacSha256Base64Url(key: HmacKey | Uint8Array, data: Data): string
  hmacSha1(key: HmacKey | Uint8Array, data: Data): Uint8Array
  md5(data: Data): Uint8Array
  createMd5(): { update(data: Uint8Array): void; digest(): Uint8Array }
  parsePublicKey(pem: string): PublicKey
  verifyRsaMd5(key: PublicKey, data: Uint8Array, signature: Uint8Array): boolean
  createAeadKey(bytes: Uint8Array): AeadKey
  encryptAead(key: AeadKey, nonce: Uint8Array, text: Data, data: Uint8Array): Uint8Array
  decryptAead(
    key: AeadKey,
    nonce: Uint8Array,
    ciphertext: Uint8Array,
    data: Uint8Array,
  ): Uint8Array | undefined
}

export function describeHashes<H, A, P>(name: string, crypto: Crypto<H, A, P>): void {
  describe(`${name}: hashes and HMACs, against the vectors of their RFCs`, () => {
    it('SHA-256 (FIPS 180-4, "abc")', () => {
      const wanted = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'
      expect(crypto.sha256Hex('abc')).toBe(wanted)
      expect(toHex(crypto.sha256(toUtf8('abc')))).toBe(wanted)
    })

    it('HMAC-SHA256 (RFC 4231, case 2), by prepared key and by bytes, again and again', () => {
      const wanted = '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843'
      const key = crypto.createHmacKey('Jefe')
      for (let time = 0; time < 3; time += 1) {
        expect(crypto.hmacSha256Hex(key, 'what do ya want for nothing?')).toBe(wanted)
        expect(toHex(crypto.hmacSha256(toUtf8('Jefe'), 'what do ya want for nothing?'))).toBe(
          wanted,
        )
      }
    })

    it('HMAC-SHA256 (RFC 4231, case 6), by a key longer than a block', () => {
      const key = new Uint8Array(131).fill(0xaa)
      const text = 'Test Using Larger Than Block-Size Key - Hash Key First'
      const wanted = '60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54'
      expect(crypto.hmacSha256Hex(key, text)).toBe(wanted)
      expect(crypto.hmacSha256Hex(crypto.createHmacKey(key), text)).toBe(wanted)
    })

    it('HMAC-SHA1 (RFC 2202, case 2), by prepared key and by bytes', () => {
      const wanted = 'effcdf6ae5eb2fa2d27416d5f184df9c259a7c79'
      for (const key of [toUtf8('Jefe'), crypto.createHmacKey('Jefe')]) {
        expect(toHex(crypto.hmacSha1(key, 'what do ya want for nothing?'))).toBe(wanted)
      }
    })

    it('MD5 (RFC 1321), whole and in pieces', () => {
      expect(toBase64(crypto.md5(''))).toBe('1B2M2Y8AsgTpgAmY7PhCfg==')
      const state = crypto.createMd5()
      state.update(toUtf8('message '))
      state.update(toUtf8('digest'))
      expect(toHex(state.digest())).toBe('f96b697d7cb7938d525a2f31aaf161d0')
    })

    it('a prepared key does not change with the bytes that it was made of, and shows none', () => {
      const bytes = toUtf8('PLANTED-key')
      const key = crypto.createHmacKey(bytes)
      const before = crypto.hmacSha256Hex(key, 'text')
      bytes.fill(0)
      expect(crypto.hmacSha256Hex(key, 'text')).toBe(before)
      expect(JSON.stringify([key, Object.values(key as object)])).not.toMatch(/PLANTED|80,76,65/)
    })
  })

  describe(`${name}: a text and its UTF-8 bytes`, () => {
    const lengths = [5461, 5462]
    const texts = [
      '',
      'a',
      '目录 🏖',
      '\uD800',
      ...lengths.flatMap((n) => ['x'.repeat(n), '目'.repeat(n)]),
    ]

    it.each(texts.map((text) => [text.length, text]))(
      'have the same hash, %i characters',
      (_, text) => {
        const bytes = toUtf8(text)
        expect(crypto.sha256Hex(text)).toBe(toHex(crypto.sha256(bytes)))
        expect(crypto.sha256Base64Url(text)).toBe(toBase64Url(crypto.sha256(bytes)))
        const key = crypto.createHmacKey('secret')
        expect(crypto.hmacSha256Hex(key, text)).toBe(toHex(crypto.hmacSha256(key, bytes)))
        expect(crypto.hmacSha256Base64Url(key, text)).toBe(
          toBase64Url(crypto.hmacSha256(key, bytes)),
        )
      },
    )

    it('have the same hash after a longer text was hashed', () => {
      const short = crypto.sha256Hex('abc')
      crypto.sha256Hex('x'.repeat(4000))
      expect(crypto.sha256Hex('abc')).toBe(short)
    })
  })
}

/** By the key as PEM. */
export function verifyWith<H, A, P>(
  { parsePublicKey, verifyRsaMd5 }: Crypto<H, A, P>,
  pem: string,
  data: Uint8Array,
  signature: Uint8Array,
): boolean {
  return verifyRsaMd5(parsePublicKey(pem), data, signature)
}

export function describeRsa<H, A, P>(name: string, crypto: Crypto<H, A, P>): void {
  describe(`${name}: RSA-MD5`, () => {
    it.each(callbacks)('callback $name', ({ input, expect: wanted }) => {
      const text = buildCallbackStringToSign(input.url, fromBase64(input.bodyBase64))
      const { authorization = '' } = input.headers as { authorization?: string }
      let isAccepted = false
      try {
        const bytes = fromBase64(authorization)
        isAccepted = verifyWith(crypto, input.publicKeyPem, text ?? new Uint8Array(), bytes)
      } catch {
        // The signature is no Base64.
      }
      expect(isAccepted).toBe(wanted.signatureValid)
    })

    const key = crypto.parsePublicKey(CALLBACK_KEY.publicKey)
    const text = toUtf8('/callbacks/oss\n目录=1')
    const good = signRsaMd5(parsePrivateKey(CALLBACK_KEY.privateKey), text)

    it('accepts what OSS signs, and nothing else by the same signature', () => {
      expect(crypto.verifyRsaMd5(key, text, good)).toBe(true)
      expect(crypto.verifyRsaMd5(key, toUtf8('/callbacks/oss\n目录=2'), good)).toBe(false)
      expect(crypto.verifyRsaMd5(key, new Uint8Array(), good)).toBe(false)
    })

    it('refuses a signature with any bit changed', () => {
      for (let bit = 0; bit < good.length * 8; bit += 7) {
        const forged = good.map((byte, at) => (at === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte))
        expect(crypto.verifyRsaMd5(key, text, forged)).toBe(false)
      }
    })

    it.each([0, 1, 63, 65, 128])('refuses a signature of %i bytes', (length) => {
      const bytes = new Uint8Array(length)
      bytes.set(good.subarray(0, length), Math.max(0, length - good.length))
      expect(crypto.verifyRsaMd5(key, text, bytes)).toBe(false)
    })

    it.each([
      '',
      'not a key',
      CALLBACK_KEY.publicKey.replace('BEGIN', 'BEGUN'),
      CALLBACK_KEY.publicKey.replace('MFww', 'MFwx'),
      CALLBACK_KEY.publicKey.replace(/AQ==/, ''),
    ])('throws for the key %j', (pem) => {
      expect(() => crypto.parsePublicKey(pem)).toThrow()
    })
  })
}

const fromHex = (hex: string): Uint8Array =>
  Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))

export function describeAead<H, A, P>(name: string, crypto: Crypto<H, A, P>): void {
  const { createAeadKey, encryptAead, decryptAead } = crypto

  describe(`${name}: AES-256-GCM`, () => {
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

    it('takes a text as its bytes of UTF-8', () => {
      for (const text of ['', 'a', 'é', '知己', '🏖'.repeat(3000), 'half \uD83C']) {
        expect(encryptAead(key, nonce, text, data)).toEqual(
          encryptAead(key, nonce, toUtf8(text), data),
        )
      }
    })

    it('gives nothing for a changed text, key, nonce or additional data, and for too few bytes', () => {
      const good = encryptAead(key, nonce, toUtf8('知己'), data)
      expect(fromUtf8(decryptAead(key, nonce, good, data) ?? new Uint8Array())).toBe('知己')
      for (let at = 0; at < good.length; at += 1) {
        const changed = good.map((byte, place) => (place === at ? byte ^ 1 : byte))
        expect(decryptAead(key, nonce, changed, data)).toBeUndefined()
      }
      expect(decryptAead(createAeadKey(new Uint8Array(32)), nonce, good, data)).toBeUndefined()
      expect(decryptAead(key, new Uint8Array(12), good, data)).toBeUndefined()
      expect(decryptAead(key, nonce, good, toUtf8('other'))).toBeUndefined()
      expect(decryptAead(key, nonce, good.subarray(0, 15), data)).toBeUndefined()
      expect(decryptAead(key, nonce, new Uint8Array(), data)).toBeUndefined()
    })

    it('encrypts nothing at all, too', () => {
      const tag = encryptAead(key, nonce, new Uint8Array(), data)
      expect(tag.length).toBe(16)
      expect(decryptAead(key, nonce, tag, data)?.length).toBe(0)
    })

    it('leaves its inputs as they were, and its key shows no bytes', () => {
      const given = toUtf8('text that stays')
      encryptAead(key, nonce, given, data)
      expect(fromUtf8(given)).toBe('text that stays')
      expect(JSON.stringify(Object.values(key as object))).not.toMatch(/254,255,233|feffe9/)
    })
  })
}
