/** The rows of the table, and how they look in Markdown. */

/** Whether a goal is reached by being at most or at least so much. */
export type Goal = { most: number } | { least: number }

export interface Row {
  /** What was measured, e.g. `presign, Node`. */
  what: string
  /** What it was measured against. */
  against: string
  /** Both figures with their units, ready to print. */
  ours: string
  theirs: string
  ratio: number
  goal?: Goal | undefined
  /** How the ratio reads: `× the cost`, `× as fast`, `× the rate`, or a unit. */
  unit: string
}

/** A share of the time, by name, largest first. */
export interface Profile {
  title: string
  shares: { name: string; percent: number }[]
}

export interface Results {
  rows: Row[]
  /** Tables of their own, as Markdown. */
  extras: string[]
  profiles: Profile[]
}

export function isReached({ ratio, goal }: Row): boolean | undefined {
  if (!goal) return undefined
  return 'most' in goal ? ratio <= goal.most : ratio >= goal.least
}

function printGoal(goal: Goal | undefined): string {
  if (!goal) return '–'
  return 'most' in goal ? `≤ ${goal.most}` : `≥ ${goal.least}`
}

export function printTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, head.map(() => '---'), ...rows]
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

export function printRows(rows: readonly Row[]): string {
  return printTable(
    ['Bench', 'Ours', 'Against', 'Theirs', 'Ratio', 'Goal', 'Reached'],
    rows.map((row) => {
      const reached = isReached(row)
      return [
        row.what,
        row.ours,
        row.against,
        row.theirs,
        `${row.ratio < 10 ? row.ratio.toFixed(2) : row.ratio.toFixed(1)} ${row.unit}`,
        printGoal(row.goal),
        reached === undefined ? '–' : reached ? 'yes' : '**no**',
      ]
    }),
  )
}

export function printProfile({ title, shares }: Profile): string {
  const rows = shares.map(({ name, percent }) => [name, `${percent.toFixed(1)} %`])
  return `### ${title}\n\n${printTable(['Where', 'Share'], rows)}`
}

/** Microseconds from nanoseconds. */
export function printMicros(ns: number): string {
  return `${(ns / 1000).toFixed(ns < 10_000 ? 2 : 1)} µs`
}

export function printRate(perSecond: number): string {
  return `${Math.round(perSecond).toLocaleString('en').replaceAll(',', ' ')}/s`
}
