/** axe-core in any engine: the page's own policy forbids foreign scripts, so it runs as part of the question. */
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type { AxeResults } from 'axe-core'
import type { EnginePage } from './engine.ts'

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js')

declare const axe: { run(context: object): Promise<AxeResults> }

/** A function whose source is that text. */
function createFunction(source: string): () => void {
  return Object.assign(() => {}, { toString: () => source })
}

/**
 * Rules of WCAG 2.2 A and AA, and best practices, that the page breaks; with the elements.
 * @param exclude selectors of what others have made
 */
export async function findViolations(page: EnginePage, exclude: string[] = []): Promise<string[]> {
  await page.evaluate(createFunction(`() => { ${await readFile(AXE, 'utf8')} }`))
  return page.evaluate(async (left) => {
    const { violations } = await axe.run({ include: [['html']], exclude: left.map((one) => [one]) })
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`)
  }, exclude)
}
