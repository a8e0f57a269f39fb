import fc from 'fast-check'
import { expect, it } from 'vitest'
import { compareKeys, findKey, findNextKey } from '../../../src/emulator/storage/key-order.ts'

const key = fc.string({ unit: 'binary', maxLength: 8 })

it('keys are in the order of their UTF-8 bytes, also above U+FFFF', () => {
  const keys = ['\u{1f600}', '\uff01', '中', 'a', 'B', 'a/', 'a0', '', '\u{10ffff}', '\ue000']
  expect(keys.sort(compareKeys)).toEqual([
    '',
    'B',
    'a',
    'a/',
    'a0',
    '中',
    '\ue000',
    '\uff01',
    '\u{1f600}',
    '\u{10ffff}',
  ])
  fc.assert(
    fc.property(key, key, (a, b) => {
      expect(Math.sign(compareKeys(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)))
    }),
  )
})

it('the first key at or after another is found, and the first after it', () => {
  fc.assert(
    fc.property(fc.array(key), key, (some, wanted) => {
      const keys = [...some].sort(compareKeys)
      const from = keys.findIndex((other) => compareKeys(other, wanted) >= 0)
      const after = keys.findIndex((other) => compareKeys(other, wanted) > 0)
      expect(findKey(keys, wanted)).toBe(from < 0 ? keys.length : from)
      expect(findNextKey(keys, wanted)).toBe(after < 0 ? keys.length : after)
    }),
  )
})
