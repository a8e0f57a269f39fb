/** axe-core in any engine: the page's own policy forbids foreign scripts, so it runs as part of the question. */
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type { AxeResults } from 'axe-core'
import { expect, it } from 'vitest'
import type { EnginePage } from './engine.ts'

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js')

declare const axe: { run(context: object): Promise<AxeResults> }

/** A function whose source is that text. */
function createFunction(source: string): () => void {
  return Object.assign(() => {}, { toString: () => source })
}

/** Uppy's Dashboard is as others have made it. */
const FOREIGN = ['.uppy-Root']

/** Rules of WCAG 2.2 A and AA, and best practices, that the page breaks; with the elements. */
export async function findViolations(page: EnginePage): Promise<string[]> {
  await page.evaluate(createFunction(`() => { ${await readFile(AXE, 'utf8')} }`))
  return page.evaluate(async (left) => {
    const { violations } = await axe.run({ include: [['html']], exclude: left.map((one) => [one]) })
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`)
  }, FOREIGN)
}

/** WebKit takes seconds for it. */
const TIMEOUT_MS = 60_000

/** As a test of whatever the page shows. */
export function checkAccessibility(getPage: () => EnginePage): void {
  it(
    'can be used by all, as far as axe finds',
    async () => {
      expect(await findViolations(getPage())).toEqual([])
    },
    TIMEOUT_MS,
  )
}
