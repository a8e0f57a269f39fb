import { describe, expect, it } from 'vitest'
import * as chosen from '../../src/protocol/crypto.ts'
import { equalInConstantTime } from '../../src/protocol/crypto.ts'
import * as aead from '../../src/protocol/crypto-aead.ts'
import { describeHashes, describeRsa } from './crypto-contract.ts'

const all = { ...chosen, ...aead }

// `test/vitest.config.ts` runs this file on `node:crypto` in Node and workerd, and on the portable implementation.
describeHashes('as chosen for this runtime', all)
describeRsa('as chosen for this runtime', all)

describe('equalInConstantTime', () => {
  it.each([
    ['', '', true],
    ['目录', '目录', true],
    ['a', 'b', false],
    ['a', 'aa', false],
    ['', 'a', false],
  ])('%j and %j: %s', (a, b, equal) => expect(equalInConstantTime(a, b)).toBe(equal))
})
