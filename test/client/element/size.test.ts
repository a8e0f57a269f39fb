import { expect, it } from 'vitest'
import { formatSize, formatUnit } from '../../../client/element/size.ts'

it.each([
  [0, '0 bytes'],
  [1, '1 byte'],
  [6, '6 bytes'],
  [999, '999 bytes'],
  [1000, '1 kB'],
  [1500, '1.5 kB'],
  [15_400, '15 kB'],
  [25_000_000, '25 MB'],
  [2 ** 40, '1.1 TB'],
  [5e15, '5,000 TB'],
])('shows %i as %s', (bytes, text) => {
  expect(formatSize(bytes, 'en')).toBe(text)
})

it('speaks Chinese', () => {
  expect([1, 6, 1500].map((bytes) => formatSize(bytes, 'zh'))).toEqual(['1字节', '6字节', '1.5 kB'])
})

it.each([
  [8, 'second', 'en', '8 sec'],
  [8, 'second', 'zh', '8秒'],
  [1, 'byte', 'en', '1 byte'],
])('%i of the unit %s in %s reads %s', (value, unit, language, text) => {
  expect(formatUnit(value, unit, language)).toBe(text)
})
