/**
 * README and the pages that belong to it tell the truth: its code compiles against the built package, and what they list is
 * what there is.
 */
import { execFileSync } from 'node:child_process'
import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { afterAll, describe, expect, it } from 'vitest'
import { bundleClient } from '../src/dev/build-client.ts'
import { listExtraRoutes } from '../src/service/extra-routes.ts'

const readme = readFileSync('README.md', 'utf8')
const manifest = JSON.parse(readFileSync('package.json', 'utf8'))
// Inside the package, so that its own name resolves through `exports` as it does for its users.
const folder = 'dist/readme'

afterAll(() => rmSync(folder, { recursive: true, force: true }))

function listBlocks(language: string): string[] {
  return [...readme.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\``, 'gms'))].map(
    ([, code = '']) => code,
  )
}

describe('README', () => {
  it('has at most 200 lines', () => {
    expect(readme.trimEnd().split('\n').length).toBeLessThanOrEqual(200)
  })

  it('has code that compiles', () => {
    mkdirSync(folder, { recursive: true })
    const files = listBlocks('ts').map((code, at) => {
      const file = `${folder}/block-${at + 1}.ts`
      writeFileSync(file, code)
      return file
    })
    expect(files.length).toBeGreaterThan(2)
    const flags = ['--noEmit', '--ignoreConfig', '--strict', '--skipLibCheck']
    const options = [
      '--module',
      'nodenext',
      '--target',
      'es2023',
      '--lib',
      'es2023,es2024,dom,dom.iterable',
    ]
    try {
      execFileSync('node_modules/.bin/tsc', [...flags, ...options, ...files], { encoding: 'utf8' })
    } catch (error) {
      throw new Error((error as { stdout: string }).stdout)
    }
  })

  it('has a script tag with the name and the integrity of the client as it is built now', async () => {
    const script = (await bundleClient()).find(({ name }) => name === 'client.js')
    const [, file] = /<script src="[^"]*\/(client\.[^"]+)"/.exec(readme) ?? []
    const [, integrity] = /integrity="([^"]+)"/.exec(readme) ?? []
    expect({ file, integrity }).toEqual({ file: script?.hashedName, integrity: script?.integrity })
  })

  it('shows JSON that parses', () => {
    for (const block of listBlocks('json')) expect(() => JSON.parse(block)).not.toThrow()
  })

  it('tells to use only scripts that there are', () => {
    const told = [...readme.matchAll(/npm run ([a-z:]+)/g)].map(([, name = '']) => name)
    expect(told.filter((name) => !(name in manifest.scripts))).toEqual([])
  })
})

describe('docs/settings.md', () => {
  it('names every variable that the configuration reads', () => {
    const page = readFileSync('docs/settings.md', 'utf8')
    const source = globSync('src/entry/*config.ts')
      .map((path) => readFileSync(path, 'utf8'))
      .join('\n')
    const variables = new Set(
      source.match(/'(?:OSS|UPCALL)_[A-Z_]+'/g)?.map((name) => name.slice(1, -1)),
    )
    expect(variables.size).toBeGreaterThan(12)
    expect([...variables].filter((name) => !page.includes(`\`${name}\``))).toEqual([])
  })
})

describe('docs/profiles.md', () => {
  it('names every field of a profile', () => {
    const page = readFileSync('docs/profiles.md', 'utf8')
    const source = readFileSync('src/signer/profile.ts', 'utf8')
    const [, body = ''] = /export interface Profile \{(.*?)^\}/ms.exec(source) ?? []
    const fields = [...body.matchAll(/^ {2}(\w+)\??:/gm)].map(([, name]) => name)
    expect(fields.length).toBeGreaterThan(12)
    expect(fields.filter((name) => !page.includes(`\`${name}\``))).toEqual([])
  })
})

describe('docs/service.md', () => {
  it('lists every route', () => {
    const page = readFileSync('docs/service.md', 'utf8')
    const source = readFileSync('src/service/app.ts', 'utf8')
    const routes = [...source.matchAll(/app\.(post|get)\('([^']+)'/g)].map(
      ([, method, path = '']) => (method === 'post' ? `POST ${path}` : path),
    )
    for (const { method, path } of listExtraRoutes({
      findStored: () => undefined,
      objects: { profiles: [] },
    })) {
      routes.push(method === 'POST' ? `POST ${path}` : path)
    }
    expect(routes.length).toBeGreaterThan(6)
    expect(routes.filter((route) => !page.includes(`${route}\``))).toEqual([])
  })
})
