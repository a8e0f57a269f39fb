import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  concatBytes,
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
  it('of a long text with other characters than ASCII is that of its UTF-8 bytes', () => {
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

  it('decodes to the bytes that were encoded, standard and url-safe', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(fromBase64(toBase64(bytes))).toEqual(bytes)
        expect(fromBase64Url(toBase64Url(bytes))).toEqual(bytes)
        expect(toBase64Url(bytes)).toMatch(/^[A-Za-z0-9_-]*$/)
      }),
    )
  })

  it('of a text is that of its UTF-8 bytes, ASCII or not', () => {
    fc.assert(
      fc.property(text, (value) => {
        expect(toBase64(value)).toBe(toBase64(toUtf8(value)))
        expect(fromUtf8(fromBase64(toBase64(value)))).toBe(value)
      }),
    )
  })

  it('encodes 200 000 bytes', () => {
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

describe('bytes', () => {
  it('are joined in their order; empty chunks add nothing', () => {
    expect(concatBytes([], 0)).toEqual(new Uint8Array())
    const chunks = ['a', '', 'bc'].map(toUtf8)
    expect(fromUtf8(concatBytes(chunks, 3))).toBe('abc')
  })
})

describe('percent-encoding', () => {
  it('leaves the unreserved characters of RFC 3986 and no others', () => {
    const ascii = Array.from({ length: 128 }, (_, code) => String.fromCharCode(code)).join('')
    const kept = encodeRfc3986(ascii).replaceAll(/%[0-9A-F]{2}/g, '')
    expect(kept).toBe('-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz~')
  })

  it('decodes to the text that was encoded, short or long', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (value) => {
        expect(decodeURIComponent(encodeRfc3986(value))).toBe(value)
        expect(decodeURIComponent(encodePath(value))).toBe(value)
      }),
    )
  })

  it('encodes a long Base64 text as encodeURIComponent does', () => {
    const long = `${'ab+/'.repeat(40)}a===`
    expect(encodeRfc3986(long)).toBe(encodeURIComponent(long))
  })

  it('leaves slashes in paths only', () => {
    expect(encodePath('a b/c+d/目')).toBe('a%20b/c%2Bd/%E7%9B%AE')
    expect(encodeRfc3986("a/b!'()*")).toBe('a%2Fb%21%27%28%29%2A')
  })

  it('refuses half of a surrogate pair', () => {
    expect(() => encodeRfc3986('\ud83d')).toThrow(expect.objectContaining({ code: 'TEXT' }))
    expect(() => encodePath('a/\udc00')).toThrow(expect.objectContaining({ code: 'TEXT' }))
  })
})

it('writes hexadecimal in lower case with leading zeros', () => {
  expect(toHex(Uint8Array.of(0, 1, 15, 16, 255))).toBe('00010f10ff')
})

it('refuses bytes that are not UTF-8, and keeps a byte order mark', () => {
  expect(() => fromUtf8(Uint8Array.of(0xff))).toThrow(expect.objectContaining({ code: 'TEXT' }))
  expect(fromUtf8(Uint8Array.of(0xef, 0xbb, 0xbf))).toBe('\ufeff')
})
