/** README.zh-CN.md and `docs/zh-CN` say what the English pages say: the same headings, tables and code, page by page. */
import { existsSync, globSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { listCodeBlocks, listHeadings } from './support/markdown.ts'

/** Written by programs, in English alone; and pages whose Chinese is not written yet. */
const WITHOUT_CHINESE = [
  'docs/api.md',
  'docs/deploy/runtimes.md',
  'docs/frameworks.md',
  'docs/scale.md',
]

const toChinese = (page: string) =>
  page === 'README.md' ? 'README.zh-CN.md' : page.replace('docs/', 'docs/zh-CN/')

const english = ['README.md', ...globSync('docs/**/*.md', { exclude: ['docs/zh-CN/**'] })]
  .filter((page) => !WITHOUT_CHINESE.includes(page))
  .sort()

/** Code that runs, without what people read in it: comments, and lines that were nothing else. */
function stripComments(code: string): string {
  return code
    .replace(/\/\*.*?\*\//gs, '')
    .replace(/^#(?!!).*$|(?<=\s)#(?!!|\[).*$/gm, '')
    .replace(/(^|\s)\/\/.*$/gm, '')
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line !== '')
    .join('\n')
}

/** Pictures and output have no language: their words may differ, their lines do not. */
function listCode(page: string): string[] {
  return listCodeBlocks(page).map(({ language, code }) =>
    language === '' ? `${code.split('\n').length} lines` : `${language}\n${stripComments(code)}`,
  )
}

/** Of each row the code in its first cell: names, codes, options. */
function listRows(page: string): string[] {
  return readFileSync(page, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) => (line.split(/(?<!\\)\|/)[1]?.match(/`[^`]+`/g) ?? []).join(' '))
}

it('every page has its Chinese, and every Chinese page its English', () => {
  expect(english.length).toBeGreaterThan(30)
  expect(english.map(toChinese).filter((page) => !existsSync(page))).toEqual([])
  const known = new Set(english.map(toChinese))
  expect(globSync('docs/zh-CN/**/*.md').filter((page) => !known.has(page))).toEqual([])
})

describe.each(english)('%s and its Chinese', (page) => {
  const chinese = toChinese(page)

  it('have the same headings, level by level', () => {
    const levels = listHeadings(page).map(({ level }) => level)
    expect(listHeadings(chinese).map(({ level }) => level)).toEqual(levels)
  })

  it('have the same code, but for comments', () => {
    expect(listCode(chinese)).toEqual(listCode(page))
  })

  it('have the same rows of tables', () => {
    expect(listRows(chinese)).toEqual(listRows(page))
  })
})

it.each(english)('the Chinese of %s is Chinese', (page) => {
  const prose = readFileSync(toChinese(page), 'utf8').replace(/```.*?```|`[^`]*`/gs, '')
  // Tables of attacks are written by a program, in English.
  const own = prose.replace(/<!-- attacks.*<!-- end/s, '')
  expect(own.match(/\p{Script=Han}/gu)?.length ?? 0).toBeGreaterThan(15)
  expect(own).not.toMatch(/[\p{Script=Han}][,;!?]/u)
})

describe('comments', () => {
  it.each([
    ['npm ci    # 安装', 'npm ci'],
    ['// 说明\nconst url = "https://a.example" // 地址', 'const url = "https://a.example"'],
    ['/** 说明 */\nlet a', 'let a'],
    ['#!/bin/sh', '#!/bin/sh'],
  ])('of %j are no part of the code', (code, expected) => {
    expect(stripComments(code)).toBe(expected)
  })
})
