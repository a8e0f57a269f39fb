/** quantiles.ts, regions.ts and format.ts. */
import { describe, expect, it } from 'vitest'
import { formatBytes, formatNumber, formatPercent, formatSeconds } from './format.ts'
import { findQuantiles } from './quantiles.ts'
import { splitByRegion } from './regions.ts'

describe('findQuantiles', () => {
  it('takes the nearest rank', () => {
    const samples = Array.from({ length: 100 }, (_, at) => 100 - at)
    expect(findQuantiles(samples)).toEqual({ count: 100, median: 50, p95: 95, p99: 99 })
    expect(findQuantiles([7])).toEqual({ count: 1, median: 7, p95: 7, p99: 7 })
  })

  it('has none without samples', () => {
    expect(findQuantiles([])).toEqual({ count: 0, median: NaN, p95: NaN, p99: NaN })
  })
})

describe('splitByRegion', () => {
  it.each([1, 2, 8, 200])('gives all uploads to %i regions, the busiest first', (count) => {
    const regions = splitByRegion(1e6, count)
    expect(regions).toHaveLength(count)
    expect(regions.reduce((sum, rate) => sum + rate, 0)).toBeCloseTo(1e6, 3)
    expect(regions).toEqual([...regions].sort((a, b) => b - a))
  })

  it('gives the fourth half of what the first has', () => {
    const [first = 0, , , fourth = 0] = splitByRegion(1000, 4)
    expect(fourth).toBeCloseTo(first / 2, 9)
  })
})

describe('the formats', () => {
  it('show three digits that count', () => {
    expect(formatNumber(22_876.3)).toBe('22 900')
    expect(formatNumber(0.008_517)).toBe('0.00852')
    expect(formatNumber(999.9)).toBe('1 000')
    expect(formatNumber(0)).toBe('0')
    expect(formatNumber(Number.NaN)).toBe('–')
  })

  it('show shares, times and bytes', () => {
    expect([formatPercent(0), formatPercent(0.004), formatPercent(0.955)]).toEqual([
      '0 %',
      '0.4 %',
      '96 %',
    ])
    expect(formatPercent(Number.NaN)).toBe('–')
    expect([formatSeconds(90), formatSeconds(3600), formatSeconds(86_400)]).toEqual([
      '90 s',
      '60 min',
      '24 h',
    ])
    expect(formatSeconds(undefined)).toBe('not within three days')
    expect([formatBytes(737), formatBytes(5e6), formatBytes(1.19e9)]).toEqual([
      '0.737 kB',
      '5 MB',
      '1.19 GB',
    ])
  })
})
