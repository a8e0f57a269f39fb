import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'esbuild'
import { expect, it, onTestFinished } from 'vitest'
import { readClientFiles } from '../../src/entry/client-files.ts'

const ask = (path: string) => new Request(`https://api.example.com${path}`)

it('reads the built client, and nothing else that is beside it', async () => {
  const assets = readClientFiles()
  expect((await assets?.fetch(ask('/client.mjs')))?.status).toBe(200)
  expect((await assets?.fetch(ask('/openapi.json')))?.status).toBe(200)
  expect((await assets?.fetch(ask('/_headers')))?.status).toBe(404)
})

it.each(['esm', 'cjs'] as const)(
  'finds nothing, and throws nothing, where a bundler (%s) has taken it into its own output',
  async (format) => {
    const folder = mkdtempSync(join(tmpdir(), 'upcall-client-files-'))
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
    const outfile = join(folder, `out.${format === 'esm' ? 'mjs' : 'cjs'}`)
    const entryPoints = ['src/entry/client-files.ts']
    // In CommonJS, esbuild leaves an empty `import.meta` and warns.
    await build({ entryPoints, outfile, format, bundle: true, platform: 'node', logLevel: 'error' })
    const bundled: typeof import('../../src/entry/client-files.ts') = await import(outfile)
    expect(bundled.readClientFiles()).toBeUndefined()
  },
)
