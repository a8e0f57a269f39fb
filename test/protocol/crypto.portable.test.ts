import { expect, it } from 'vitest'
import { createHmacKey, parsePublicKey } from '../../src/protocol/crypto.ts'
import { CALLBACK_KEY } from '../support/keys.ts'

it('tests of this project run by the portable implementation', () => {
  expect(Object.keys(createHmacKey('secret'))).toEqual(['sha256', 'sha1'])
  expect(parsePublicKey(CALLBACK_KEY.publicKey)).toMatchObject({ exponent: 65537n, bytes: 64 })
})
