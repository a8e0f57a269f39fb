/**
 * The attacks as they stand in docs/security.md, between two marks. `node test/attacks/page.ts` writes them there.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { ATTACKS } from './table.ts'

export const PAGE = fileURLToPath(new URL('../../docs/security.md', import.meta.url))
const BEGIN = '<!-- attacks: written by test/attacks/page.ts -->'
const END = '<!-- end of attacks -->'

export function renderAttacks(): string {
  const tables = Object.entries(ATTACKS).map(([title, attacks]) => {
    const rows = attacks.map(
      ({ id, who, tries, meets }) =>
        `| \`${id}\` | ${who} | ${tries.replaceAll('|', '\\|')} | ${meets.replaceAll('|', '\\|')} |`,
    )
    return [
      `### ${title}`,
      '',
      '| Attack | Who | Tries | Meets |',
      '|---|---|---|---|',
      ...rows,
    ].join('\n')
  })
  const count = Object.values(ATTACKS).flat().length
  return `${BEGIN}\n\n${count} attacks, each run on Node and in workerd.\n\n${tables.join('\n\n')}\n\n${END}`
}

export function readWritten(): string {
  const text = readFileSync(PAGE, 'utf8')
  return text.slice(text.indexOf(BEGIN), text.indexOf(END) + END.length)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const text = readFileSync(PAGE, 'utf8')
  writeFileSync(
    PAGE,
    text.replace(readWritten(), () => renderAttacks()),
  )
}
