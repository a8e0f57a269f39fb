import { runInNewContext } from 'node:vm'
import { expect, it } from 'vitest'
import { toHex } from '../../src/protocol/bytes.ts'
import * as onNode from '../../src/protocol/crypto-node.ts'
import * as fastOnNode from '../../src/protocol/crypto-node-fast.ts'
import * as portable from '../../src/protocol/crypto-portable.ts'

// Edge runtimes and test runners hand over bytes whose class is that of another context.
it.each([
  ['portable', portable],
  ['node:crypto', onNode],
  ['node:crypto, HMACs of two hashes', fastOnNode],
] as const)('%s takes keys and data of another JavaScript context', (_, crypto) => {
  const foreign: Uint8Array = runInNewContext('new Uint8Array([1, 2, 3])')
  expect(foreign instanceof Uint8Array).toBe(false)
  const own = Uint8Array.of(1, 2, 3)
  expect(toHex(crypto.hmacSha256(foreign, foreign))).toBe(toHex(crypto.hmacSha256(own, own)))
  expect(crypto.hmacSha256Hex(foreign, 'text')).toBe(crypto.hmacSha256Hex(own, 'text'))
  expect(toHex(crypto.sha256(foreign))).toBe(toHex(crypto.sha256(own)))
})
