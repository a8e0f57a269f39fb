/** `docs/troubleshooting.md` and its Chinese twin: every code of the sources, no other, each with what to do. */
import { globSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { PROTOCOL_STATUS, STATUS } from '../src/service/problem.ts'

const PAGES = ['docs/troubleshooting.md', 'docs/zh-CN/troubleshooting.md']
const files = globSync(['src/**/*.ts', 'client/**/*.{ts,tsx}'], {
  exclude: ['src/dev/**', 'client/demo/**', 'src/entry/doctor/**'],
})
const sources = files.map((path) => readFileSync(path, 'utf8'))

/** Members of every exported union of codes, of `code` of settings' warnings, and what is logged or thrown by name. */
function listSourceCodes(): Set<string> {
  const unions = sources.flatMap((text) => [
    ...text.matchAll(
      /^export type \w*Code =(.*(?:\n {2}[|/ ].*)*)|^ {2}(?:readonly )?code(?:: | = )('.*)$/gm,
    ),
  ])
  const named = sources.flatMap((text) => [
    ...text.matchAll(
      /(?:new (?:Upload|Service|Oss|Outbox|Webhook|Delivery)Error|UploadRefused|\bwarning|\bwarnLimited|\bfailure)\(\s*('[A-Z][A-Za-z_]+')/g,
    ),
  ])
  const table = sources.flatMap((text) => [
    ...text.matchAll(/^const STATUS_BY_CODE = \{(.*?)^\}/gms),
  ])
  return new Set([
    ...[...unions, ...named].flatMap(([, first = '', second = '']) =>
      [...`${first}${second}`.matchAll(/'([A-Z][\w.]+)'/g)].map(([, code = '']) => code),
    ),
    ...table.flatMap(([, body = '']) =>
      [...body.matchAll(/^ {2}(\w+):/gm)].map(([, code = '']) => code),
    ),
    'INTERNAL',
  ])
}

/** Cells of the rows that begin with codes. */
function listRows(page: string): string[][] {
  return readFileSync(page, 'utf8')
    .split('\n')
    .filter((line) => /^\| `[A-Z]/.test(line))
    .map((line) =>
      line
        .slice(2, -2)
        .split(' | ')
        .map((cell) => cell.trim()),
    )
}

const listCodes = (cell = '') => [...cell.matchAll(/`([A-Z][\w.]+)`/g)].map(([, code = '']) => code)

describe.each(PAGES)('%s', (page) => {
  const rows = listRows(page)
  const told = new Set(rows.flatMap(([cell]) => listCodes(cell)))

  it('has every code of client, service, OSS and the stores', () => {
    const codes = listSourceCodes()
    expect(codes.size).toBeGreaterThan(150)
    expect([...codes].filter((code) => !told.has(code)).sort()).toEqual([])
  })

  it('has no code that nothing uses', () => {
    const text = sources.join('\n')
    const isUsed = (code: string) =>
      /^HTTP_\d{3}$/.test(code) || text.includes(`'${code}'`) || text.includes(`  ${code}: `)
    expect([...told].filter((code) => !isUsed(code))).toEqual([])
  })

  it('has in each row what happened and what to do', () => {
    const header = /^\| [^`|]+\|.*\n\|(?:---\|)+$/gm
    expect(readFileSync(page, 'utf8').match(header)?.length).toBeGreaterThan(12)
    expect(rows.filter((row) => row.length < 3 || row.some((cell) => cell === ''))).toEqual([])
  })

  it('has the status of every code of the service', () => {
    const known: Readonly<Record<string, number>> = { ...STATUS, ...PROTOCOL_STATUS }
    const wrong = Object.entries(known).filter(
      ([code, status]) => !rows.some(([cell]) => cell?.startsWith(`\`${code}\` ${status}`)),
    )
    expect(wrong).toEqual([])
  })

  it('has every EC that the client knows', () => {
    const text = readFileSync(page, 'utf8')
    const client = globSync('client/**/*.ts').map((path) => readFileSync(path, 'utf8'))
    const numbers = new Set(client.join('\n').match(/'00\d\d-\d{8}'/g))
    expect(numbers.size).toBeGreaterThan(5)
    expect([...numbers].filter((ec) => !text.includes(ec.slice(1, -1)))).toEqual([])
  })
})

it('the Chinese page has the rows of the English one, in their order', () => {
  const [english = [], chinese = []] = PAGES.map((page) =>
    listRows(page).map(([cell]) => listCodes(cell)),
  )
  expect(chinese).toEqual(english)
})
