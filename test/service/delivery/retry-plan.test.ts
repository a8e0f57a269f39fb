import { describe, expect, it } from 'vitest'
import {
  type FailedAttempt,
  planLongestDelay,
  planRetry,
  RETRY_LIMITS,
} from '../../../src/service/delivery/retry-plan.ts'

const now = new Date('2026-03-01T08:00:00.000Z')
const HOUR_MS = 3_600_000

function delayOf(changes: Partial<FailedAttempt>): number | undefined {
  const at = planRetry({
    attempts: 1,
    since: now,
    now,
    random: () => 0.999_999_999_999,
    ...changes,
  })
  return at && at.getTime() - now.getTime()
}

describe('the retry plan', () => {
  it('doubles the longest delay from one second to one hour', () => {
    const longest = [1, 2, 3, 11, 12, 13, 100, 10_000].map((attempts) => planLongestDelay(attempts))
    expect(longest).toEqual([1000, 2000, 4000, 1_024_000, 2_048_000, HOUR_MS, HOUR_MS, HOUR_MS])
  })

  it('takes any delay up to the longest: full jitter', () => {
    expect(delayOf({ attempts: 5, random: () => 0 })).toBe(0)
    expect(delayOf({ attempts: 5, random: () => 0.5 })).toBe(8000)
    expect(delayOf({ attempts: 5 })).toBe(16_000)
  })

  it('waits as long as Retry-After asks, or longer, but not more than a day', () => {
    expect(delayOf({ retryAfterSeconds: 120 })).toBe(120_000)
    expect(delayOf({ attempts: 13, retryAfterSeconds: 120 })).toBe(HOUR_MS)
    expect(delayOf({ retryAfterSeconds: 1e9 })).toBe(24 * HOUR_MS)
  })

  it.each([0, -5, Number.NaN, undefined])('ignores Retry-After %s', (retryAfterSeconds) => {
    expect(delayOf({ retryAfterSeconds })).toBe(1000)
  })

  it('gives up when the next attempt would begin more than three days after the first was due', () => {
    const ago = (ms: number) => new Date(now.getTime() - ms)
    const last = 3 * 24 * HOUR_MS - 1000
    expect(delayOf({ since: ago(last) })).toBe(1000)
    expect(delayOf({ since: ago(last + 1) })).toBeUndefined()
    expect(delayOf({ since: ago(2.5 * 24 * HOUR_MS), retryAfterSeconds: 86_400 })).toBeUndefined()
  })

  it('goes on when the clock was set back behind the first attempt', () => {
    expect(delayOf({ since: new Date(now.getTime() + HOUR_MS) })).toBe(1000)
  })

  it('takes other limits', () => {
    const limits = { ...RETRY_LIMITS, baseMs: 10, capMs: 15 }
    const at = planRetry({ attempts: 9, since: now, now, random: () => 0.5 }, limits)
    expect(at).toEqual(new Date(now.getTime() + 8))
  })
})
