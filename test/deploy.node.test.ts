/**
 * `docs/deploy`: every block of code compiles, parses or runs, every link leads somewhere, and the table of runs is about the
 * runtimes and journeys that there are. `npm run test:runtimes` runs the programs themselves.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parse as parseToml } from 'smol-toml'
import { afterAll, describe, expect, it } from 'vitest'
import { parse as parseYaml } from 'yaml'
import { JOURNEYS, JWKS_JOURNEY, RESTART_JOURNEY } from './runtimes/journeys.ts'
import { type Block, listBlocks, listPages, readProgram } from './runtimes/pages.ts'
import { RUNTIMES } from './runtimes/runtimes.ts'

const pages = listPages()
const blocks = pages.flatMap(listBlocks)
const manifest = JSON.parse(readFileSync('package.json', 'utf8'))
// Inside the package, so that its own name resolves through `exports` as it does for its users.
const folder = 'dist/deploy'

afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** What the programs use of Deno and Bun. */
const SHIMS = `type Handler = (request: Request) => Promise<Response>
declare const Deno: {
  env: { toObject(): Record<string, string> }
  serve(options: { hostname: string; port: number }, handler: Handler): unknown
}
declare const Bun: { serve(options: { hostname: string; port: number; fetch: Handler }): unknown }
`

function compile(programs: readonly Block[]): string {
  mkdirSync(folder, { recursive: true })
  const files = programs.map(({ language, code }, at) => {
    const file = join(folder, `block-${at + 1}.${language}`)
    writeFileSync(file, code)
    return file
  })
  writeFileSync(join(folder, 'shims.d.ts'), SHIMS)
  const flags = [
    '--noEmit',
    '--ignoreConfig',
    '--strict',
    '--skipLibCheck',
    '--allowJs',
    '--checkJs',
  ]
  const options = ['--noImplicitAny', 'false', '--module', 'nodenext', '--target', 'es2023']
  const libs = ['--lib', 'es2023,es2024,dom,dom.iterable', '--types', 'node']
  const all = [...flags, ...options, ...libs, ...files, join(folder, 'shims.d.ts')]
  try {
    return execFileSync('node_modules/.bin/tsc', all, { encoding: 'utf8' })
  } catch (error) {
    return (error as { stdout: string }).stdout
  }
}

const isProgram = ({ language }: Block): boolean => language === 'ts' || language === 'js'

const CHECKS: Readonly<Record<string, (code: string) => unknown>> = {
  json: JSON.parse,
  toml: parseToml,
  yaml: (code) => parseYaml(code),
  sh: (code) => execFileSync('sh', ['-n'], { input: code }),
}

describe('docs/deploy', () => {
  it('has programs that compile against the built package', () => {
    const programs = blocks.filter(isProgram)
    expect(programs.length).toBeGreaterThan(7)
    expect(compile(programs)).toBe('')
  })

  it('would show a program that does not', () => {
    const wrong = `import { createServices } from 'oss-upcall'\ncreateServices()\n`
    const block = { page: '', language: 'js', file: undefined, code: wrong }
    expect(compile([block])).toContain('TS2724')
  })

  it.each(
    blocks.filter((block) => !isProgram(block)).map((block) => [block.page, block.language, block]),
  )('%s: a block of %s parses', (_, language, { code }) => {
    const check = CHECKS[language]
    expect(check, `no check for ${language}`).toBeDefined()
    expect(() => check?.(code)).not.toThrow()
  })

  it.each(pages)(
    '%s links to files that there are, and tells to run scripts that there are',
    (page) => {
      const text = readFileSync(page, 'utf8')
      const links = [...text.matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g)].map(([, path = '']) => path)
      expect(links.filter((path) => !existsSync(join(dirname(page), path)))).toEqual([])
      const told = [...text.matchAll(/npm run ([a-z:]+)/g)].map(([, name = '']) => name)
      expect(told.filter((name) => !(name in manifest.scripts))).toEqual([])
    },
  )

  it('lists every page, and says on each what was run and what was not', () => {
    const index = readFileSync('docs/deploy/README.md', 'utf8')
    const others = pages.filter((page) => !/(README|runtimes)\.md$/.test(page))
    expect(others.length).toBe(9)
    for (const page of others) {
      expect(index).toContain(`(${page.replace('docs/deploy/', '')})`)
      // A container is no runtime of its own.
      const words = page.endsWith('container.md')
        ? '\n## What was run, and what was not\n'
        : '\nWhat was run: [runtimes.md](runtimes.md)'
      expect(readFileSync(page, 'utf8')).toContain(words)
    }
  })

  it('has a Worker with the settings of our own wrangler.toml', () => {
    const own = parseToml(readFileSync('wrangler.toml', 'utf8'))
    const page = blocks.find(({ language }) => language === 'toml')
    const names = [
      'compatibility_date',
      'compatibility_flags',
      'migrations',
      'triggers',
      'durable_objects',
    ]
    const shown = parseToml(page?.code ?? '')
    for (const name of names) expect(shown[name]).toEqual(own[name])
  })
})

describe('docs/deploy/runtimes.md', () => {
  const text = readFileSync('docs/deploy/runtimes.md', 'utf8')
  const rows = text
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .slice(2)

  it('has a row for each program that `npm run test:runtimes` starts', () => {
    const told = rows.map((row) => row.split(' | ')[0]?.replace('| ', ''))
    expect(told).toEqual(RUNTIMES.map(({ name }) => name))
    for (const { page, program } of RUNTIMES) expect(text).toContain(`[${program}](${page})`)
  })

  it('is about the journeys that there are', () => {
    const listed = text.split('\n').filter((line) => line.startsWith('- '))
    const names = [...Object.keys(JOURNEYS), JWKS_JOURNEY, RESTART_JOURNEY]
    expect(listed).toEqual(names.map((name) => `- ${name}`))
    for (const [at, { hasDisk }] of RUNTIMES.entries()) {
      const count = names.length - (hasDisk ? 0 : 1)
      expect(rows[at]).toMatch(new RegExp(`${count} of ${count}|not run here: `))
    }
  })
})

describe('readProgram', () => {
  it('names the page when a program is gone', () => {
    expect(() => readProgram('node.md', 'gone.mjs')).toThrow(
      'docs/deploy/node.md has no program gone.mjs',
    )
  })
})
