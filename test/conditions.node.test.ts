/**
 * `#crypto` and `#base64`: which implementation each runtime gets, from the source and from the built package.
 */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'
import { describe, expect, it } from 'vitest'

type Conditions = Record<string, string>

function readConditions(folder: string, name: string): Conditions {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).imports[name]
}

/** With what a bundler for a runtime without `node:` can resolve: everything else fails. */
async function bundle(entry: string, conditions: string[]) {
  const { metafile, outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    metafile: true,
    format: 'esm',
    platform: 'browser',
    conditions,
    external: conditions.length > 0 ? ['node:crypto', 'node:string_decoder'] : [],
    logLevel: 'silent',
  })
  const inputs = Object.keys(metafile.inputs).join('\n')
  return { inputs, text: outputFiles[0]?.text ?? '' }
}

describe.each(['#crypto', '#base64'])('%s', (imported) => {
  it('is the same in package.json, which is shipped, and in src/package.json', () => {
    const source = Object.entries(readConditions('src', imported))
    const shipped = source.map(([name, path]) => {
      return [name, path.replace('./', './dist/src/').replace(/\.ts$/, '.js')]
    })
    expect(Object.entries(readConditions('.', imported))).toEqual(shipped)
    // Deno and Bun accept the condition `node`, too: their own come before it.
    expect(source.map(([name]) => name)).toEqual(['workerd', 'deno', 'bun', 'node', 'default'])
    for (const [, path = ''] of shipped) expect(existsSync(path), path).toBe(true)
  })
})

describe('what a bundle takes', () => {
  const entries = ['src/index.ts', 'dist/src/index.js', 'src/protocol/index.ts', 'src/callback.ts']

  it.each(entries)('%s bundles without node: for a runtime with Web APIs alone', async (entry) => {
    const { inputs, text } = await bundle(entry, [])
    expect(inputs).toContain('@noble/hashes')
    expect(inputs).not.toMatch(/crypto-node|base64-node/)
    expect(text).not.toMatch(/["']node:|\bBuffer\b|\bprocess\./)
  })

  it.each(['node', 'workerd', 'deno', 'bun'])(
    'takes node:crypto under the condition %s, and brings no library',
    async (condition) => {
      for (const entry of entries.slice(0, 2)) {
        const { inputs, text } = await bundle(entry, [condition])
        expect(inputs).not.toMatch(/noble|crypto-portable/)
        expect(text).toContain('from "node:crypto"')
      }
    },
  )

  it.each([
    [['node'], true],
    [['workerd'], false],
    [['deno', 'node'], false],
    [['bun', 'node'], false],
  ])(
    'the HMACs of two hashes and the decoder of streams are for Node alone (%j)',
    async (conditions, isThere) => {
      for (const entry of entries.slice(0, 2)) {
        const { inputs } = await bundle(entry, conditions)
        expect(inputs.includes('crypto-node-fast')).toBe(isThere)
        expect(inputs.includes('base64-node')).toBe(isThere)
      }
    },
  )

  it('leaves receivers of webhooks without cipher, RSA and DER', async () => {
    const { text } = await bundle('src/webhook/index.ts', [])
    expect(text).toContain('sha256')
    expect(text).not.toMatch(/gcm|RSA_ENCRYPTION|readDer/)
  })
})
