import fc from 'fast-check'
import { expect, it } from 'vitest'
import { toBase64, toBase64Url } from '../../src/protocol/base64.ts'
import { toUtf8 } from '../../src/protocol/bytes.ts'

// RFC 4648, section 10.
it.each([
  ['', ''],
  ['f', 'Zg=='],
  ['fo', 'Zm8='],
  ['foo', 'Zm9v'],
  ['foob', 'Zm9vYg=='],
  ['fooba', 'Zm9vYmE='],
  ['foobar', 'Zm9vYmFy'],
])('encodes %j as RFC 4648 does, as text and as bytes', (text, encoded) => {
  for (const data of [text, toUtf8(text)]) {
    expect(toBase64(data)).toBe(encoded)
    expect(toBase64Url(data)).toBe(encoded.replaceAll('=', ''))
  }
})

it('has - and _ for + and / in a URL, and no padding', () => {
  const bytes = Uint8Array.of(0xfb, 0xff, 0xfe, 0xfb)
  expect(toBase64(bytes)).toBe('+//++w==')
  expect(toBase64Url(bytes)).toBe('-__--w')
})

it('encodes a text as its bytes of UTF-8', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      expect(toBase64(text)).toBe(toBase64(toUtf8(text)))
      expect(toBase64Url(text)).toBe(toBase64Url(toUtf8(text)))
    }),
  )
})
