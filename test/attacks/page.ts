/**
 * The attacks as they are in docs/security.md and in its Chinese page, between two marks. `node test/attacks/page.ts`
 * writes them there.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { TRIES, WORDS } from './chinese.ts'
import { ATTACKS } from './table.ts'

export const PAGE = fileURLToPath(new URL('../../docs/security.md', import.meta.url))
export const CHINESE_PAGE = fileURLToPath(new URL('../../docs/zh-CN/security.md', import.meta.url))
const BEGIN = '<!-- attacks: written by test/attacks/page.ts -->'
const END = '<!-- end of attacks -->'

type Language = 'en' | 'zh'

export function renderAttacks(language: Language = 'en'): string {
  const say = (text: string): string => (language === 'zh' ? (WORDS[text] ?? text) : text)
  const head =
    language === 'zh' ? '| 编号 | 角色 | 攻击 | 结果 |' : '| Attack | Who | Tries | Meets |'
  const tables = Object.entries(ATTACKS).map(([title, attacks]) => {
    const rows = attacks.map(({ id, who, tries, meets }) => {
      const words = language === 'zh' ? (TRIES[id] ?? tries) : tries
      const cells = [`\`${id}\``, say(who), words, say(meets)]
      return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
    })
    return [`### ${say(title)}`, '', head, '|---|---|---|---|', ...rows].join('\n')
  })
  const count = Object.values(ATTACKS).flat().length
  const words =
    language === 'zh'
      ? `共 ${count} 种攻击，每一种都在 Node 和 workerd 中运行。`
      : `${count} attacks, each run on Node and in workerd.`
  return `${BEGIN}\n\n${words}\n\n${tables.join('\n\n')}\n\n${END}`
}

/** What is between the marks now, with them. */
export function readWritten(page: string = PAGE): string {
  const text = readFileSync(page, 'utf8')
  return text.slice(text.indexOf(BEGIN), text.indexOf(END) + END.length)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const [page, language] of [
    [PAGE, 'en'],
    [CHINESE_PAGE, 'zh'],
  ] as const) {
    const text = readFileSync(page, 'utf8')
    writeFileSync(
      page,
      text.replace(readWritten(page), () => renderAttacks(language)),
    )
  }
}
