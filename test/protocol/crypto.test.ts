import { describe, expect, it } from 'vitest'
import { toBase64, toBase64Url, toHex, toUtf8 } from '../../src/protocol/bytes.ts'
import {
  createHmacKey,
  createMd5,
  equalInConstantTime,
  hmacSha1,
  hmacSha256,
  hmacSha256Base64Url,
  hmacSha256Hex,
  md5,
  sha256,
  sha256Base64Url,
  sha256Hex,
} from '../../src/protocol/crypto.ts'

describe('hashes and HMACs, against the vectors of their RFCs', () => {
  it('SHA-256 (FIPS 180-4, "abc")', () => {
    const wanted = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'
    expect(sha256Hex('abc')).toBe(wanted)
    expect(toHex(sha256(toUtf8('abc')))).toBe(wanted)
  })

  it('HMAC-SHA256 (RFC 4231, case 2), by key object and by bytes', () => {
    const wanted = '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843'
    expect(hmacSha256Hex(createHmacKey('Jefe'), 'what do ya want for nothing?')).toBe(wanted)
    expect(toHex(hmacSha256(toUtf8('Jefe'), 'what do ya want for nothing?'))).toBe(wanted)
  })

  it('HMAC-SHA1 (RFC 2202, case 2)', () => {
    expect(toHex(hmacSha1(toUtf8('Jefe'), 'what do ya want for nothing?'))).toBe(
      'effcdf6ae5eb2fa2d27416d5f184df9c259a7c79',
    )
  })

  it('MD5 (RFC 1321), whole and in pieces', () => {
    expect(toBase64(md5(''))).toBe('1B2M2Y8AsgTpgAmY7PhCfg==')
    const state = createMd5()
    state.update(toUtf8('message '))
    state.update(toUtf8('digest'))
    expect(toHex(state.digest())).toBe('f96b697d7cb7938d525a2f31aaf161d0')
  })
})

describe('a text and its UTF-8 bytes', () => {
  const texts = [
    '',
    'a',
    '目录 🏖',
    '\uD800',
    'x'.repeat(5461),
    'x'.repeat(5462),
    '目'.repeat(5461),
    '目'.repeat(5462),
  ]

  it.each(texts.map((text) => [text.length, text]))(
    'have the same hash, %i characters',
    (_, text) => {
      const bytes = toUtf8(text)
      expect(sha256Hex(text)).toBe(toHex(sha256(bytes)))
      expect(sha256Base64Url(text)).toBe(toBase64Url(sha256(bytes)))
      const key = createHmacKey('secret')
      expect(hmacSha256Hex(key, text)).toBe(toHex(hmacSha256(key, bytes)))
      expect(hmacSha256Base64Url(key, text)).toBe(toBase64Url(hmacSha256(key, bytes)))
    },
  )

  it('have the same hash after a longer text was hashed', () => {
    const short = sha256Hex('abc')
    sha256Hex('x'.repeat(4000))
    expect(sha256Hex('abc')).toBe(short)
  })
})

describe('equalInConstantTime', () => {
  it.each([
    ['', '', true],
    ['目录', '目录', true],
    ['a', 'b', false],
    ['a', 'aa', false],
    ['', 'a', false],
  ])('%j and %j: %s', (a, b, equal) => expect(equalInConstantTime(a, b)).toBe(equal))
})
