import { describe, expect, it } from 'vitest'
import { createRandom } from './random.ts'

const take = (seed: number, count: number) => {
  const random = createRandom(seed)
  return Array.from({ length: count }, () => random.next())
}
const mean = (values: readonly number[]) =>
  values.reduce((sum, value) => sum + value, 0) / values.length

describe('createRandom', () => {
  it('gives the same numbers for the same seed, on every machine', () => {
    expect(take(1, 3)).toEqual(take(1, 3))
    // Computed by another program.
    expect(take(1, 2).map((value) => value.toFixed(9))).toEqual(['0.454165409', '0.082430057'])
  })

  it('gives other numbers for a seed beside it, and for one that differs above 32 bits', () => {
    const texts = [0, 1, 2, 2 ** 32, 2 ** 32 + 1].map((seed) => take(seed, 4).join())
    expect(new Set(texts).size).toBe(texts.length)
  })

  it('spreads them evenly from 0 to under 1', () => {
    const values = take(7, 100_000)
    expect(Math.min(...values.slice(0, 50_000))).toBeGreaterThanOrEqual(0)
    expect(Math.max(...values.slice(0, 50_000))).toBeLessThan(1)
    expect(mean(values)).toBeCloseTo(0.5, 2)
    expect(mean(values.map((value) => (value - 0.5) ** 2))).toBeCloseTo(1 / 12, 2)
  })

  it('chooses each of a few evenly', () => {
    const random = createRandom(3)
    const counts = [0, 0, 0]
    for (let at = 0; at < 30_000; at += 1) {
      const chosen = random.below(3)
      counts[chosen] = (counts[chosen] ?? 0) + 1
    }
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(300)
  })

  it('makes exponential times of the mean that was asked', () => {
    const random = createRandom(5)
    const values = Array.from({ length: 100_000 }, () => random.exponential(20))
    expect(mean(values) / 20).toBeCloseTo(1, 1)
    // Of an exponential distribution, 1/e is over the mean.
    expect(values.filter((value) => value > 20).length / values.length).toBeCloseTo(1 / Math.E, 2)
  })
})
