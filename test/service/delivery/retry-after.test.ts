import { describe, expect, it } from 'vitest'
import { parseRetryAfter } from '../../../src/service/delivery/retry-after.ts'
import { START } from '../../support/clock.ts'

describe('Retry-After', () => {
  it.each([
    ['0', 0],
    ['120', 120],
    [' 7 ', 7],
    ['999999999999999', 999_999_999_999_999],
    ['Sun, 22 Nov 2026 08:02:00 GMT', 120],
    ['Sun, 22 Nov 2026 07:00:00 GMT', 0],
  ])('"%s" means %s s', (text, seconds) => {
    expect(parseRetryAfter(text, START)).toBe(seconds)
  })

  it('rounds up what is left of a second', () => {
    const now = new Date(START.getTime() + 1)
    expect(parseRetryAfter('Sun, 22 Nov 2026 08:02:00 GMT', now)).toBe(120)
  })

  it.each([
    null,
    '',
    'soon',
    '-1',
    '1.5',
    '1e3',
    '0x10',
    '1'.repeat(16),
    '2026-11-22',
    'Sun, 99 Foo 2026 08:00:00 GMT',
    '1, 2',
  ])('%o is ignored', (text) => {
    expect(parseRetryAfter(text, START)).toBeUndefined()
  })
})
