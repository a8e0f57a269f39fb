/** From Lighthouse's report to the row of a page. Lighthouse itself runs by `npm run lighthouse`. */
import { describe, expect, it } from 'vitest'
import { readReport } from './measure.ts'
import { buildRow, isGood, printScores } from './table.ts'

const IDS = ['performance', 'accessibility', 'best-practices', 'seo']

function buildReport(score: number | null): string {
  const category = {
    score,
    auditRefs: [
      { id: 'a', weight: 1 },
      { id: 'b', weight: 10 },
      { id: 'c', weight: 0 },
    ],
  }
  return JSON.stringify({
    categories: Object.fromEntries(IDS.map((id) => [id, category])),
    audits: { a: { score: 0.5 }, b: { score: 0.9, displayValue: '300\u00a0ms' }, c: { score: 0 } },
  })
}

const scores = (performance: number, seo = 100) => ({
  performance,
  accessibility: 100,
  'best-practices': 100,
  seo,
})

describe('a report', () => {
  it('gives points of 100, and what cost them, the most expensive first', () => {
    const run = readReport(buildReport(0.945))
    expect(run.scores).toEqual({
      performance: 95,
      accessibility: 95,
      'best-practices': 95,
      seo: 95,
    })
    expect(run.losses.slice(0, 5)).toEqual([
      ...IDS.map((id) => `${id}: b 300 ms`),
      'performance: a',
    ])
  })

  it('without a score is a failure, and so is a page that did not load', () => {
    expect(() => readReport(buildReport(null))).toThrow('no score for performance')
    const failed = JSON.stringify({
      runtimeError: { message: 'NO_FCP' },
      categories: {},
      audits: {},
    })
    expect(() => readReport(failed)).toThrow('NO_FCP')
  })
})

describe('a row', () => {
  const build = (...values: number[]) =>
    buildRow(
      'home',
      'mobile',
      values.map((value) => ({ scores: scores(value), losses: [] })),
    )

  it('holds the median, and the lower one of two', () => {
    expect(build(80, 99, 96).scores.performance).toBe(96)
    expect(build(99, 80).scores.performance).toBe(80)
  })

  it('is good from 95 in every category', () => {
    expect(isGood(build(95))).toBe(true)
    expect(isGood(build(94))).toBe(false)
    expect(isGood({ ...build(100), scores: scores(100, 94) })).toBe(false)
  })

  it('marks what is under 95', () => {
    expect(printScores([build(94)])).toContain('| home | mobile | **94** | 100 | 100 | 100 |')
  })
})
