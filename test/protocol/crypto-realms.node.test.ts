import { runInNewContext } from 'node:vm'
import { expect, it } from 'vitest'
import { toHex } from '../../src/protocol/bytes.ts'
import * as onNode from '../../src/protocol/crypto-node.ts'
import * as portable from '../../src/protocol/crypto-portable.ts'

// Edge runtimes and test runners hand over bytes whose class is that of another context.
it.each([
  ['portable', portable.hmacSha256, portable.sha256],
  ['node:crypto', onNode.hmacSha256, onNode.sha256],
] as const)('%s takes keys and data of another JavaScript context', (_, hmac, hash) => {
  const foreign: Uint8Array = runInNewContext('new Uint8Array([1, 2, 3])')
  expect(foreign instanceof Uint8Array).toBe(false)
  const own = Uint8Array.of(1, 2, 3)
  expect(toHex(hmac(foreign, foreign))).toBe(toHex(hmac(own, own)))
  expect(toHex(hash(foreign))).toBe(toHex(hash(own)))
})
