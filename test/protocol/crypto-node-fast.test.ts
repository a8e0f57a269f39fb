import { describe, expect, it } from 'vitest'
import * as plain from '../../src/protocol/crypto-node.ts'
import * as fast from '../../src/protocol/crypto-node-fast.ts'
import { describeAead, describeHashes, describeRsa } from './crypto-contract.ts'

describeHashes('node:crypto, HMACs of two hashes', fast)
describeRsa('node:crypto, HMACs of two hashes', fast)
describeAead('node:crypto, HMACs of two hashes', fast)

describe('the HMACs of two hashes', () => {
  const keyLengths = [0, 1, 31, 32, 63, 64, 65, 131]
  const textLengths = [0, 1, 55, 56, 63, 64, 65, 1000, 4999, 5000, 5001, 20_000]

  it.each(keyLengths)('are those of OpenSSL, for a key of %i bytes', (length) => {
    const key = plain.createHmacKey(Uint8Array.from({ length }, (_, at) => (at * 37 + 200) & 255))
    for (const character of ['a', 'é', '目', '🏖', '\uD800']) {
      for (const count of textLengths) {
        const text = character.repeat(count)
        expect(fast.hmacSha256Hex(key, text)).toBe(plain.hmacSha256Hex(key, text))
        expect(fast.hmacSha256Base64Url(key, text)).toBe(plain.hmacSha256Base64Url(key, text))
      }
    }
  })

  it('do not mix up two keys that take turns', () => {
    const [one, other] = [plain.createHmacKey('one'), plain.createHmacKey('other')]
    for (let time = 0; time < 3; time += 1) {
      expect(fast.hmacSha256Hex(one, 'text')).toBe(plain.hmacSha256Hex(one, 'text'))
      expect(fast.hmacSha256Hex(other, 'text')).toBe(plain.hmacSha256Hex(other, 'text'))
    }
  })
})
