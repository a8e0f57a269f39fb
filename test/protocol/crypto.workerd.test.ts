import { KeyObject } from 'node:crypto'
import { expect, it } from 'vitest'
import { createHmacKey } from '../../src/protocol/crypto.ts'

it('workerd takes node:crypto', () => {
  expect(createHmacKey('secret')).toBeInstanceOf(KeyObject)
})
