/** The results as they stand in docs/scale.md, between two marks. */
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

export const PAGE = fileURLToPath(new URL('../../docs/scale.md', import.meta.url))
const BEGIN = '<!-- results: written by npm run model -- --write -->'
const END = '<!-- end of results -->'

/** @throws when the page has no such marks */
export function readWritten(): string {
  const text = readFileSync(PAGE, 'utf8')
  const [from, to] = [text.indexOf(BEGIN), text.indexOf(END)]
  if (from < 0 || to < from) throw new Error('docs/scale.md has no marks for the results.')
  return text.slice(from + BEGIN.length, to).trim()
}

export function writeResults(results: string): void {
  const text = readFileSync(PAGE, 'utf8')
  const written = readWritten()
  writeFileSync(
    PAGE,
    text.replace(`${BEGIN}\n\n${written}\n\n${END}`, () => `${BEGIN}\n\n${results}\n\n${END}`),
  )
}
