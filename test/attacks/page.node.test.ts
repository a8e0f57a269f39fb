import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { TRIES } from './chinese.ts'
import { CHINESE_PAGE, PAGE, readWritten, renderAttacks } from './page.ts'
import { ATTACKS } from './table.ts'

const root = new URL('../../', import.meta.url)

/** `file` › *name of a test*, as the page names what keeps a promise. */
function listProofs(text: string): [path: string, name: string][] {
  return [...text.matchAll(/`(test\/[\w./-]+\.ts)` › \*([^*]+)\*/g)].map(
    ([, path = '', name = '']) => [path, name],
  )
}

describe('docs/security.md', () => {
  it('lists the attacks as they are', () => {
    expect(readWritten()).toBe(renderAttacks())
  })

  it('lists them in Chinese, too', () => {
    expect(readWritten(CHINESE_PAGE)).toBe(renderAttacks('zh'))
    const ids = Object.values(ATTACKS).flatMap((attacks) => attacks.map(({ id }) => id))
    expect(Object.keys(TRIES).filter((id) => !ids.includes(id))).toEqual([])
    // New ones may wait for their Chinese, a few of them.
    expect(ids.filter((id) => !(id in TRIES)).length).toBeLessThan(10)
  })

  const proofs = ['docs/security.md', 'docs/zh-CN/security.md', 'SECURITY.md'].flatMap((page) =>
    listProofs(readFileSync(new URL(page, root), 'utf8')),
  )

  it('names a test for each promise', () => {
    const table = readFileSync(PAGE, 'utf8').split('## What is promised')[1]?.split('## ')[0] ?? ''
    const rows = table.split('\n').filter((line) => /^\| (?!Promise|---)/.test(line))
    expect(rows.length).toBeGreaterThanOrEqual(20)
    expect(rows.filter((row) => listProofs(row).length === 0)).toEqual([])
  })

  it.each(proofs)('%s has the test “%s”', (path, name) => {
    expect(existsSync(new URL(path, root)), path).toBe(true)
    expect(readFileSync(new URL(path, root), 'utf8')).toContain(name)
  })
})
