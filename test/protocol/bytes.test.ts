import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  encodePath,
  encodeRfc3986,
  fromBase64,
  fromBase64Url,
  fromUtf8,
  toBase64,
  toBase64Url,
  toHex,
  toUtf8,
} from '../../src/protocol/bytes.ts'

const text = fc.string({ unit: 'grapheme' })

describe('Base64', () => {
  it('of a long text beyond ASCII is that of its UTF-8 bytes, wherever it is taken apart', () => {
    for (const length of [8190, 8191, 8192, 8193, 20_000]) {
      for (const text of [
        `a${'🏖'.repeat(length)}b`,
        '海'.repeat(length),
        `${'é'.repeat(length)}\uD83C`,
      ]) {
        expect(toBase64(text) === toBase64(toUtf8(text)), `${length}`).toBe(true)
      }
    }
  })

  it('returns every byte string unharmed, standard and url-safe', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(fromBase64(toBase64(bytes))).toEqual(bytes)
        expect(fromBase64Url(toBase64Url(bytes))).toEqual(bytes)
        expect(toBase64Url(bytes)).toMatch(/^[A-Za-z0-9_-]*$/)
      }),
    )
  })

  it('encodes a text as its UTF-8, ASCII or not', () => {
    fc.assert(
      fc.property(text, (value) => {
        expect(toBase64(value)).toBe(toBase64(toUtf8(value)))
        expect(fromUtf8(fromBase64(toBase64(value)))).toBe(value)
      }),
    )
  })

  it('takes bytes beyond the argument limit of an engine', () => {
    const bytes = new Uint8Array(200_000).fill(7)
    expect(fromBase64(toBase64(bytes))).toEqual(bytes)
  })

  it.each([
    'A',
    'AAA',
    'AA=A',
    'AAAA=',
    'A A=',
    'AAA-',
    '=',
    'AAAA\n',
    'A===',
    '====',
    'AAAA====',
    'AAA\n',
    ' AAA',
  ])('refuses %j', (wrong) => {
    expect(() => fromBase64(wrong)).toThrow(expect.objectContaining({ code: 'TEXT' }))
  })

  it.each(['AAAA=', 'AA+A', 'A'])('refuses %j as Base64url', (wrong) => {
    expect(() => fromBase64Url(wrong)).toThrow(expect.objectContaining({ code: 'TEXT' }))
  })
})

describe('percent-encoding', () => {
  it('keeps the unreserved characters of RFC 3986 and nothing else', () => {
    const ascii = Array.from({ length: 128 }, (_, code) => String.fromCharCode(code)).join('')
    const kept = encodeRfc3986(ascii).replaceAll(/%[0-9A-F]{2}/g, '')
    expect(kept).toBe('-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz~')
  })

  it('is undone by decoding, for short and long texts', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (value) => {
        expect(decodeURIComponent(encodeRfc3986(value))).toBe(value)
        expect(decodeURIComponent(encodePath(value))).toBe(value)
      }),
    )
  })

  it('spells a long Base64 text as the general way does', () => {
    const long = `${'ab+/'.repeat(40)}a===`
    expect(encodeRfc3986(long)).toBe(encodeURIComponent(long))
  })

  it('keeps slashes in paths alone', () => {
    expect(encodePath('a b/c+d/目')).toBe('a%20b/c%2Bd/%E7%9B%AE')
    expect(encodeRfc3986("a/b!'()*")).toBe('a%2Fb%21%27%28%29%2A')
  })

  it('refuses half of a surrogate pair', () => {
    expect(() => encodeRfc3986('\ud83d')).toThrow(expect.objectContaining({ code: 'TEXT' }))
    expect(() => encodePath('a/\udc00')).toThrow(expect.objectContaining({ code: 'TEXT' }))
  })
})

it('writes hexadecimal in lower case with its leading zeros', () => {
  expect(toHex(Uint8Array.of(0, 1, 15, 16, 255))).toBe('00010f10ff')
})

it('refuses bytes that are no UTF-8, and keeps a byte order mark', () => {
  expect(() => fromUtf8(Uint8Array.of(0xff))).toThrow(expect.objectContaining({ code: 'TEXT' }))
  expect(fromUtf8(Uint8Array.of(0xef, 0xbb, 0xbf))).toBe('\ufeff')
})
