import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { findHeavyPages } from '../../../src/dev/docs/check-weight.ts'

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'upcall-weight-'))
  mkdirSync(join(folder, 'assets'))
})

afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** @param scriptBytes of the page's script for the first load */
function write(html: string, scriptBytes = 1000): void {
  writeFileSync(join(folder, 'a.html'), html)
  writeFileSync(join(folder, 'assets/a.md.Xy_1.js'), 'x'.repeat(60_000))
  writeFileSync(join(folder, 'assets/a.md.Xy_1.lean.js'), 'x'.repeat(scriptBytes))
}

it.each([
  '<p>home, without a sidebar</p>',
  '<nav id="VPSidebarNav"><section class="sidebar-group"></section></nav>',
  '<p>words such as as="font" and local search are no link</p><link rel="icon" href="data:">',
])('is light: %s', (html) => {
  write(html)
  expect(findHeavyPages(folder)).toEqual([])
})

it.each([
  ['<link rel="preload" href="/a.woff2" as="font" crossorigin>', 'loads a font'],
  ['<link rel="modulepreload" href="/assets/chunks/@localSearchIndexroot.js">', 'loads the search'],
  ['<link rel="modulepreload" href="/assets/chunks/VPLocalSearchBox.js">', 'loads the search'],
  ['<nav id="VPSidebarNav"><div class="VPSidebarItem"></div></nav>', "VitePress's sidebar"],
])('is heavy: %s', (html, fault) => {
  write(html)
  expect(findHeavyPages(folder)).toEqual([expect.stringContaining(`a.html: `)])
  expect(findHeavyPages(folder)[0]).toContain(fault)
})

it('is heavy: an article that is not static', () => {
  write('', 4096)
  expect(findHeavyPages(folder)).toEqual([])
  write('', 4097)
  expect(findHeavyPages(folder)).toEqual([
    'assets/a.md.Xy_1.lean.js: 4097 bytes, more than 4096: its article is not static',
  ])
})

it('a folder without pages or without scripts is an error, not a light site', () => {
  expect(() => findHeavyPages(folder)).toThrow('There is no page')
  writeFileSync(join(folder, 'a.html'), '')
  expect(() => findHeavyPages(folder)).toThrow('There is no page')
})
