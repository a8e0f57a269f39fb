import * as v from 'valibot'
import { expect, it } from 'vitest'
import { bytes, textTable } from '../../src/service/schemas.ts'

it.each([
  [{}, true],
  [{ a: 'b' }, true],
  [JSON.parse('{"__proto__":"x","constructor":"y"}'), true],
  [{ a: 1 }, false],
  [['a'], false],
  [null, false],
  ['a', false],
])('%j is a table of texts: %s', (value, expected) => {
  const parsed = v.safeParse(textTable, value)
  expect(parsed.success).toBe(expected)
  if (parsed.success) expect(Object.keys(parsed.output)).toEqual(Object.keys(value))
})

it.each([
  [0, true],
  [2 ** 53 - 1, true],
  [2 ** 53, false],
  [-1, false],
  [0.5, false],
  ['1', false],
  [Number.NaN, false],
])('%j are whole bytes: %s', (value, expected) => {
  expect(v.safeParse(bytes, value).success).toBe(expected)
})
