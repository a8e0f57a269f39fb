import fc from 'fast-check'
import { expect, it } from 'vitest'
import * as plain from '../../src/protocol/base64.ts'
import * as onNode from '../../src/protocol/base64-node.ts'

function compare(data: Uint8Array | string): void {
  expect(onNode.toBase64(data)).toBe(plain.toBase64(data))
  expect(onNode.toBase64Url(data)).toBe(plain.toBase64Url(data))
}

it('gives the Base64 of the plain way, for bytes and for texts', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), compare))
  fc.assert(fc.property(fc.string({ unit: 'binary' }), compare))
})

it('gives it for lengths around those of its buffer, and for bytes inside a larger buffer', () => {
  for (const length of [0, 1, 2, 3, 5460, 5461, 5462, 16_384, 100_001]) {
    for (const character of ['a', 'é', '目', '🏖', '\uD83C']) compare(character.repeat(length))
    const bytes = Uint8Array.from({ length: length + 7 }, (_, at) => (at * 37) & 255)
    compare(bytes.subarray(3, 3 + length))
  }
})

it('has nothing left of a text in the next', () => {
  const short = onNode.toBase64('a')
  onNode.toBase64('a long text with 知己 in it'.repeat(50))
  onNode.toBase64(Uint8Array.of(1))
  expect(onNode.toBase64('a')).toBe(short)
  expect(onNode.toBase64Url('')).toBe('')
})
