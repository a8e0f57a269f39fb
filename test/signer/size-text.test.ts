import { expect, it } from 'vitest'
import { formatSize, formatSizes } from '../../src/signer/size-text.ts'

it.each([
  [0, '0 bytes'],
  [1, '1 byte'],
  [6, '6 bytes'],
  [999, '999 bytes'],
  [1000, '1 kB'],
  [1500, '1.5 kB'],
  [64e6, '64 MB'],
  [2 ** 40, '1.1 TB'],
  [5e15, '5,000 TB'],
])('shows %i as %s', (bytes, text) => {
  expect(formatSize(bytes)).toBe(text)
})

it('shows two sizes in bytes where they would look the same', () => {
  expect(formatSizes(5_000_001, 5_000_000)).toEqual(['5,000,001 bytes', '5,000,000 bytes'])
  expect(formatSizes(6_000_000, 5_000_000)).toEqual(['6 MB', '5 MB'])
  expect(formatSizes(0, 1)).toEqual(['0 bytes', '1 byte'])
})
