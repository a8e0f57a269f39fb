/** One run of Lighthouse: its command in a process of its own, with its simulated network and processor. */
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { CHROMIUM_ARGS } from '../support/chromium.ts'
import { CATEGORIES, type Category, type FormFactor } from './pages.ts'

/** Of one run. */
const RUN_TIMEOUT_MS = 180_000
/** Bytes of a report. */
const MAX_REPORT_BYTES = 64 * 1024 * 1024

const run = promisify(execFile)

export interface Run {
  /** Points of 100. */
  scores: Record<Category, number>
  /** What cost points, the most expensive first: category, id of the audit, and its value where it has one. */
  losses: string[]
}

interface Report {
  runtimeError?: { message: string }
  categories: Record<
    string,
    { score: number | null; auditRefs: { id: string; weight: number }[] } | undefined
  >
  audits: Record<string, { score: number | null; displayValue?: string } | undefined>
}

/** @throws {Error} when Lighthouse could not load the page, or gave no score for a category */
export function readReport(text: string): Run {
  const report = JSON.parse(text) as Report
  if (report.runtimeError) throw new Error(`Lighthouse: ${report.runtimeError.message}`)
  const scores: Partial<Record<Category, number>> = {}
  const losses: { points: number; text: string }[] = []
  for (const id of CATEGORIES) {
    const category = report.categories[id]
    if (typeof category?.score !== 'number') throw new Error(`Lighthouse gave no score for ${id}`)
    scores[id] = Math.round(category.score * 100)
    for (const { id: audit, weight } of category.auditRefs) {
      const found = report.audits[audit]
      if (!weight || typeof found?.score !== 'number' || found.score >= 0.99) continue
      const value = found.displayValue ? ` ${found.displayValue.replaceAll('\u00a0', ' ')}` : ''
      losses.push({ points: weight * (1 - found.score), text: `${id}: ${audit}${value}` })
    }
  }
  losses.sort((a, b) => b.points - a.points)
  return { scores: scores as Record<Category, number>, losses: losses.map(({ text }) => text) }
}

/** @param folder where Lighthouse is installed */
export async function measure(
  url: string,
  formFactor: FormFactor,
  { folder, chromium }: { folder: string; chromium: string },
): Promise<Run> {
  const args = [
    join(folder, 'node_modules/lighthouse/cli/index.js'),
    url,
    '--output=json',
    '--quiet',
    '--no-enable-error-reporting',
    `--only-categories=${CATEGORIES.join()}`,
    `--chrome-flags=--headless=new ${CHROMIUM_ARGS.join(' ')}`,
    ...(formFactor === 'desktop' ? ['--preset=desktop'] : []),
  ]
  const { stdout } = await run(process.execPath, args, {
    env: { ...process.env, CHROME_PATH: chromium },
    timeout: RUN_TIMEOUT_MS,
    maxBuffer: MAX_REPORT_BYTES,
  })
  return readReport(stdout)
}
