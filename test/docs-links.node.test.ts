/** Every link of README, `docs` and the files beside them leads to a file that there is, and to a heading in it. */
import { existsSync, globSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { listHeadings, listLinks } from './support/markdown.ts'

const pages = globSync(['*.md', 'docs/**/*.md'], {
  exclude: ['CHANGELOG.md'],
}).sort()

/** Why a link leads nowhere; nothing for one that is good, or leads out of here. */
function findFault(page: string, target: string): string | undefined {
  if (/^[a-z]+:/.test(target)) return
  const [path = '', anchor] = decodeURI(target).split('#')
  const file = path === '' ? page : join(dirname(page), path)
  if (!existsSync(file)) return `${target}: no such file`
  if (anchor === undefined || statSync(file).isDirectory()) return
  return listHeadings(file).some((heading) => heading.anchor === anchor)
    ? undefined
    : `${target}: no such heading`
}

it.each(pages)('%s links to what there is', (page) => {
  expect(listLinks(page).flatMap((target) => findFault(page, target) ?? [])).toEqual([])
})

it('every page of docs is linked by the index, or by a page that is', () => {
  const seen = new Set<string>()
  const waiting = ['docs/README.md']
  for (let page = waiting.pop(); page !== undefined; page = waiting.pop()) {
    if (seen.has(page)) continue
    seen.add(page)
    const from = page
    const targets = listLinks(page).flatMap((target) => decodeURI(target).split('#')[0] || [])
    waiting.push(
      ...targets
        .map((target) => join(dirname(from), target))
        .filter((target) => pages.includes(target)),
    )
  }
  const all = pages.filter((page) => page.startsWith('docs/'))
  expect(all.length).toBeGreaterThan(50)
  expect(all.filter((page) => !seen.has(page))).toEqual([])
})

describe('a link', () => {
  it('to a file or heading that is not there is found', () => {
    expect(findFault('README.md', 'docs/gone.md')).toContain('no such file')
    expect(findFault('README.md', 'docs/client.md#gone')).toContain('no such heading')
    expect(findFault('README.md', 'docs/client.md#errors')).toBeUndefined()
  })
})
