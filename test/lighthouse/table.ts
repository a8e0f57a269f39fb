/** From the runs of a page to its row. */
import { printTable } from '../bench/report.ts'
import type { Run } from './measure.ts'
import { CATEGORIES, type Category, type FormFactor, LEAST_SCORE } from './pages.ts'

export interface Row {
  page: string
  formFactor: FormFactor
  scores: Record<Category, number>
  losses: readonly string[]
}

function findMedian(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? 0
}

/** The median of each category; with an even number of runs the lower one of the two in the middle. */
export function buildRow(page: string, formFactor: FormFactor, runs: readonly Run[]): Row {
  const scores = Object.fromEntries(
    CATEGORIES.map((id) => [id, findMedian(runs.map((run) => run.scores[id]))]),
  ) as Record<Category, number>
  return { page, formFactor, scores, losses: runs.at(-1)?.losses ?? [] }
}

export function isGood({ scores }: Row): boolean {
  return CATEGORIES.every((id) => scores[id] >= LEAST_SCORE)
}

export function printScores(rows: readonly Row[]): string {
  return printTable(
    ['Page', 'Form factor', 'Performance', 'Accessibility', 'Best practices', 'SEO'],
    rows.map(({ page, formFactor, scores }) => [
      page,
      formFactor,
      ...CATEGORIES.map((id) => (scores[id] < LEAST_SCORE ? `**${scores[id]}**` : `${scores[id]}`)),
    ]),
  )
}
