import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { toHex } from '../../src/protocol/bytes.ts'
import * as onNode from '../../src/protocol/crypto-node.ts'
import * as portable from '../../src/protocol/crypto-portable.ts'
import { describeHashes } from './crypto-contract.ts'

describeHashes('portable', portable)

describe('the portable implementation', () => {
  it('has the names of the one on node:crypto, and no others', () => {
    expect(Object.keys(portable).sort()).toEqual(Object.keys(onNode).sort())
  })

  it('gives the same as node:crypto for any key and data', () => {
    const data = fc.oneof(fc.uint8Array({ maxLength: 300 }), fc.string({ unit: 'binary' }))
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 200 }), data, (secret, text) => {
        const [own, node] = [portable, onNode].map(({ md5, sha256, hmacSha256, hmacSha1 }) =>
          [md5(text), sha256(text), hmacSha256(secret, text), hmacSha1(secret, text)].map(toHex),
        )
        expect(own).toEqual(node)
        const prepared = portable.hmacSha256(portable.createHmacKey(secret), text)
        expect(toHex(prepared)).toBe(own?.[2])
      }),
    )
  })
})
