/** The code of docs/react.md, docs/vue.md and docs/svelte.md: the frameworks' own compilers take it, and so does TypeScript. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { afterAll, expect, it } from 'vitest'
import { compileSvelte, compileVue } from './support/compile-components.ts'

// Inside the package, so that its own name resolves through `exports` as it does for its users.
const FOLDER = 'dist/docs-frameworks'
afterAll(() => rmSync(FOLDER, { recursive: true, force: true }))

function readBlocks(page: string, language: string): string[] {
  const text = readFileSync(page, 'utf8')
  const blocks = text.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\``, 'gms'))
  return [...blocks].map(([, code = '']) => code)
}

it('React', () => {
  mkdirSync(FOLDER, { recursive: true })
  const files = readBlocks('docs/react.md', 'tsx').map((code, at) => {
    const file = `${FOLDER}/react-${at}.tsx`
    writeFileSync(file, code)
    return file
  })
  expect(files).toHaveLength(2)
  const flags = ['--noEmit', '--ignoreConfig', '--strict', '--skipLibCheck', '--jsx', 'react-jsx']
  const target = ['--module', 'nodenext', '--target', 'es2023', '--lib', 'es2023,dom,dom.iterable']
  try {
    execFileSync('node_modules/.bin/tsc', [...flags, ...target, ...files], { encoding: 'utf8' })
  } catch (error) {
    throw new Error((error as { stdout: string }).stdout)
  }
}, 60_000)

it('Vue', async () => {
  const blocks = readBlocks('docs/vue.md', 'vue')
  expect(blocks).toHaveLength(2)
  for (const block of blocks) expect(await compileVue(block, 'docs.vue')).toContain('setup(')
})

it('Svelte', () => {
  const blocks = readBlocks('docs/svelte.md', 'svelte')
  expect(blocks).toHaveLength(2)
  for (const block of blocks) {
    expect(compileSvelte(block, 'Docs.svelte', 'client')).toContain('function Docs(')
  }
})
