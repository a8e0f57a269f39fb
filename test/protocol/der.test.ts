import { describe, expect, it } from 'vitest'
import { DER, readDer, readDerInteger, readDerPair } from '../../src/protocol/der.ts'

const refused = expect.objectContaining({ code: 'TEXT' })

describe('DER', () => {
  it('is read: integers, pairs, lengths of one, two and three bytes', () => {
    expect(readDerInteger(Uint8Array.of(2, 1, 5))).toBe(5n)
    expect(readDerInteger(Uint8Array.of(2, 2, 0, 0x80))).toBe(128n)
    expect(readDerPair(Uint8Array.of(0x30, 6, 2, 1, 1, 2, 1, 2))).toEqual([
      Uint8Array.of(2, 1, 1),
      Uint8Array.of(2, 1, 2),
    ])
    for (const [head, length] of [
      [[3, 0x7f], 127],
      [[3, 0x81, 0x80], 128],
      [[3, 0x82, 0x01, 0x00], 256],
    ] as const) {
      const bytes = Uint8Array.of(...head, ...new Uint8Array(length))
      expect(readDer(bytes, DER.BIT_STRING).length).toBe(length)
    }
  })

  it.each([
    ['nothing', []],
    ['a tag alone', [2]],
    ['another tag', [3, 1, 5]],
    ['no content', [2, 0]],
    ['too little', [2, 2, 5]],
    ['too much', [2, 1, 5, 0]],
    ['a negative integer', [2, 1, 0x80]],
    ['zero', [2, 1, 0]],
    ['a superfluous zero', [2, 2, 0, 5]],
    ['a length of no known end', [2, 0x80, 5, 0, 0]],
    ['a length in a longer form than needed', [2, 0x81, 1, 5]],
    ['a length of three bytes', [2, 0x83, 0, 0, 1, 5]],
    ['a length that is cut', [2, 0x82, 1]],
  ])('is refused as an integer: %s', (_, bytes) => {
    expect(() => readDerInteger(Uint8Array.from(bytes))).toThrow(refused)
  })

  it.each([
    ['one value', [0x30, 3, 2, 1, 1]],
    ['a first value longer than the sequence', [0x30, 3, 2, 9, 1]],
    ['an empty sequence', [0x30, 0]],
  ])('is refused as a pair: %s', (_, bytes) => {
    expect(() => readDerPair(Uint8Array.from(bytes)).map(readDerInteger)).toThrow(refused)
  })
})
