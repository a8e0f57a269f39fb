import { describe, expect, it } from 'vitest'
import { formatExpiration, formatTime } from '../../src/protocol/time.ts'

describe('formatTime', () => {
  it('drops milliseconds and separators, within and across seconds', () => {
    expect(formatTime(new Date('2024-12-31T23:59:59.999Z'))).toBe('20241231T235959Z')
    expect(formatTime(new Date('2024-12-31T23:59:59.001Z'))).toBe('20241231T235959Z')
    expect(formatTime(new Date('2025-01-01T00:00:00.000Z'))).toBe('20250101T000000Z')
  })

  it('refuses a date that is not valid', () => {
    expect(() => formatTime(new Date('x'))).toThrow(expect.objectContaining({ code: 'REQUEST' }))
  })
})

describe('formatExpiration', () => {
  it('counts from the full second that the signature names', () => {
    expect(formatExpiration(new Date('2026-11-22T08:00:00.999Z'), 10)).toBe(
      '2026-11-22T08:00:10.000Z',
    )
    expect(formatExpiration(new Date('2026-11-22T23:59:59.001Z'), 1)).toBe(
      '2026-11-23T00:00:00.000Z',
    )
  })

  it('refuses a date that is not valid', () => {
    expect(() => formatExpiration(new Date('x'), 10)).toThrow(
      expect.objectContaining({ code: 'REQUEST' }),
    )
  })
})
