/** Over a socket of loopback, as Lighthouse's Chromium gets the site. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Site, serveSite } from './serve-site.ts'

let root: string
let site: Site

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'upcall-serve-site-'))
  mkdirSync(join(root, 'source'))
  for (const name of ['index.html', 'start.html', 'a.js', 'source/index.html', 'source/b.tsx.html'])
    writeFileSync(join(root, name), name)
  site = await serveSite(root)
})

afterAll(() => {
  site.close()
  rmSync(root, { recursive: true, force: true })
})

it.each([
  ['/', 'index.html'],
  ['/start', 'start.html'],
  ['/start.html', 'start.html'],
  ['/a.js', 'a.js'],
  ['/source/', 'source/index.html'],
  ['/source/b.tsx', 'source/b.tsx.html'],
])('%s is the file %s', async (path, file) => {
  const response = await fetch(site.origin + path)
  expect(response.status).toBe(200)
  expect(await response.text()).toBe(file)
})

it.each(['/none', '/source/none.tsx', '/..%2f..%2fetc/passwd'])('%s is not there', async (path) => {
  const response = await fetch(site.origin + path)
  expect(response.status).toBe(404)
  await response.text()
})
