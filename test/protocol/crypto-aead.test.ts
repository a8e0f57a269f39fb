import { expect, it } from 'vitest'
import * as chosen from '../../src/protocol/crypto.ts'
import * as aead from '../../src/protocol/crypto-aead.ts'
import { describeAead } from './crypto-contract.ts'

describeAead('as chosen for this runtime', { ...chosen, ...aead })

it('the lengths are those of AES-256-GCM', () => {
  expect([aead.AEAD_KEY_BYTES, aead.AEAD_NONCE_BYTES]).toEqual([32, 12])
})
