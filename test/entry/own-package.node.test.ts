import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { findOwnFolder, providePackage } from '../../src/entry/own-package.ts'

function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'upcall-own-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

const MANIFEST = JSON.stringify({ name: 'oss-upcall', version: '1.2.3' })

/** As npm installs it. @param resolved what npm notes of where it came from */
function makeInstalled(resolved?: string): { project: string; root: string } {
  const project = makeFolder()
  const root = join(project, 'node_modules/oss-upcall')
  mkdirSync(root, { recursive: true })
  writeFileSync(join(root, 'package.json'), MANIFEST)
  if (resolved !== undefined) {
    const packages = { 'node_modules/oss-upcall': { version: '1.2.3', resolved } }
    const list = join(project, 'node_modules/.package-lock.json')
    writeFileSync(list, JSON.stringify({ packages }))
  }
  return { project, root }
}

it('is found beside the source', () => {
  expect(findOwnFolder()).toBe(process.cwd())
})

it.each([
  undefined,
  'https://registry.npmjs.org/oss-upcall/-/oss-upcall-1.2.3.tgz',
  'file:gone.tgz',
  'file:../folder',
])('is named by its version when it was installed from %s', (resolved) => {
  const { root } = makeInstalled(resolved)
  expect(providePackage(root, makeFolder())).toBe('1.2.3')
})

it('brings its tarball along when it was installed from one', () => {
  const { project, root } = makeInstalled('file:own.tgz')
  writeFileSync(join(project, 'own.tgz'), 'bytes')
  const folder = makeFolder()
  expect(providePackage(root, folder)).toBe('file:own.tgz')
  expect(readFileSync(join(folder, 'own.tgz'), 'utf8')).toBe('bytes')
})

it('is packed in a clone, and says so when the clone is not built', () => {
  const root = makeFolder()
  const folder = makeFolder()
  writeFileSync(join(root, 'package.json'), MANIFEST)
  expect(() => providePackage(root, folder)).toThrow('npm run build')
  mkdirSync(join(root, 'dist/src/entry'), { recursive: true })
  writeFileSync(join(root, 'dist/src/entry/cli.js'), '')
  expect(providePackage(root, folder)).toBe('file:oss-upcall-1.2.3.tgz')
  expect(existsSync(join(folder, 'oss-upcall-1.2.3.tgz'))).toBe(true)
})
