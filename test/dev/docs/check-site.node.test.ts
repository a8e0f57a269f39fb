import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { findBrokenLinks } from '../../../src/dev/docs/check-site.ts'

let folder: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'upcall-site-'))
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

function write(html: string): void {
  mkdirSync(join(folder, 'deploy'), { recursive: true })
  writeFileSync(join(folder, 'index.html'), html)
  writeFileSync(join(folder, 'deploy/index.html'), '<h1 id="服务">x</h1> <a href="../"></a>')
  writeFileSync(join(folder, 'client.html'), '<h1 id="errors">x</h1>')
}

it.each([
  '/client',
  'client#errors',
  './deploy/#%E6%9C%8D%E5%8A%A1',
  '#own',
  'https://a.example/b',
  'mailto:a',
])('a link to %s is good', (target) => {
  write(`<p id="own"><a href="${target}"></a></p>`)
  expect(findBrokenLinks(folder)).toEqual([])
})

it.each(['/gone', 'client#gone', '#gone', 'deploy/gone'])(
  'a link to %s leads nowhere',
  (target) => {
    write(`<a class="x" href="${target}"></a>`)
    expect(findBrokenLinks(folder)).toEqual([`index.html → ${target}`])
  },
)

it('a folder without pages is an error, not a site without faults', () => {
  expect(() => findBrokenLinks(join(folder, 'none'))).toThrow('There is no page')
})
