import fc from 'fast-check'
import { expect, it } from 'vitest'
import { toHex } from '../../src/protocol/bytes.ts'
import * as onNode from '../../src/protocol/crypto-node.ts'
import * as portable from '../../src/protocol/crypto-portable.ts'
import { describeAead } from './crypto-contract.ts'

describeAead('portable', portable)

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length })

it('any text under any key is the same ciphertext as by node:crypto, and each reads the other’s', () => {
  fc.assert(
    fc.property(
      bytes(32),
      bytes(12),
      fc.uint8Array(),
      fc.uint8Array(),
      (key, nonce, text, data) => {
        const [ownKey, nodeKey] = [portable.createAeadKey(key), onNode.createAeadKey(key)]
        const own = portable.encryptAead(ownKey, nonce, text, data)
        expect(toHex(own)).toBe(toHex(onNode.encryptAead(nodeKey, nonce, text, data)))
        expect(portable.decryptAead(ownKey, nonce, own, data)).toEqual(text)
        expect(onNode.decryptAead(nodeKey, nonce, own, data)).toEqual(text)
      },
    ),
  )
})
