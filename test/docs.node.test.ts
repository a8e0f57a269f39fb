/**
 * CONTRIBUTING, SECURITY, CHANGELOG and the workflows: what they name is there. The pages of `docs`: their code compiles.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { afterAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'

const manifest = JSON.parse(readFileSync('package.json', 'utf8'))
const pages = [
  'CONTRIBUTING.md',
  'SECURITY.md',
  'CHANGELOG.md',
  '.github/pull_request_template.md',
  ...globSync('.github/ISSUE_TEMPLATE/*.yml'),
]
const workflows = globSync('.github/workflows/*.yml')

interface Workflow {
  jobs: Record<string, { steps: { uses?: string; run?: string }[] }>
}

function listSteps(path: string) {
  const { jobs }: Workflow = parse(readFileSync(path, 'utf8'))
  return Object.values(jobs).flatMap(({ steps }) => steps)
}

/** Names after `npm run`, and of the scripts that npm knows by name. */
function listScripts(text: string): string[] {
  return [...text.matchAll(/npm (?:run )?(-s )?([a-z:]+)/g)]
    .map(([, , name = '']) => name)
    .filter((name) => !['ci', 'create', 'install', 'publish', 'warns'].includes(name))
}

describe.each(pages)('%s', (page) => {
  const text = readFileSync(page, 'utf8')

  it('names only files and folders that there are', () => {
    const paths = [...text.matchAll(/`((?:src|client|test|docs|deploy)\/[\w./-]+)`/g)]
    expect(paths.map(([, path = '']) => path).filter((path) => !existsSync(path))).toEqual([])
  })

  it('tells to run only scripts that there are', () => {
    const told = [...text.matchAll(/`[^`]*npm[^`]*`|^npm .*$/gm)].flatMap(([code]) =>
      listScripts(code),
    )
    expect(told.filter((name) => !(name in manifest.scripts))).toEqual([])
  })

  it('invents no address', () => {
    expect(text).not.toMatch(/\w@\w|https?:\/\/(?!keepachangelog\.com|semver\.org)/)
  })
})

describe.each(workflows)('%s', (path) => {
  it('runs scripts that there are', () => {
    const commands = listSteps(path).map(({ run = '' }) => run)
    const names = commands.filter((run) => run.startsWith('npm')).flatMap(listScripts)
    expect(names.length).toBeGreaterThan(0)
    expect(names.filter((name) => !(name in manifest.scripts))).toEqual([])
  })

  it('uses only actions of GitHub, by version', () => {
    const actions = listSteps(path).flatMap(({ uses }) => uses ?? [])
    expect(actions.filter((action) => !/^actions\/[a-z-]+@v\d+$/.test(action))).toEqual([])
  })
})

describe('CONTRIBUTING', () => {
  it('knows every script that people run', () => {
    const text = readFileSync('CONTRIBUTING.md', 'utf8')
    const inner = /^(pre|check:|start$|build$)/
    const names = Object.keys(manifest.scripts).filter((name) => !inner.test(name))
    const told = new Set(listScripts(text))
    expect(names.filter((name) => !told.has(name))).toEqual([])
  })
})

describe('CHANGELOG', () => {
  it('has a section for what is not released yet, and for this version', () => {
    const text = readFileSync('CHANGELOG.md', 'utf8')
    const sections = [...text.matchAll(/^## \[(.+)\]/gm)].map(([, name]) => name)
    expect(sections[0]).toBe('Unreleased')
    expect(sections).toContain(manifest.version)
  })
})

describe('the supported versions of Node', () => {
  it('are those that the workflow tests', () => {
    const { jobs } = parse(readFileSync('.github/workflows/test.yml', 'utf8'))
    expect(jobs.test.strategy.matrix.node[0]).toBe(Number(/\d+/.exec(manifest.engines.node)?.[0]))
  })
})

describe('the pages of docs', () => {
  // Inside the package, so that its own name resolves through `exports` as it does for its users.
  const folder = 'dist/docs'
  // Code of the Chinese pages is the same: test/docs-chinese.node.test.ts.
  const pages = globSync('docs/*.md').sort()
  const listBlocks = (page: string, language: string) =>
    [
      ...readFileSync(page, 'utf8').matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\``, 'gms')),
    ].map(([, code = '']) => code)

  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it('have code that compiles', () => {
    mkdirSync(folder, { recursive: true })
    // The only package of the pages that has no types.
    const untyped = `${folder}/untyped.d.ts`
    writeFileSync(untyped, "declare module 'ali-oss'\n")
    // Whole files of docs/examples are compiled where they are.
    const examples = new Set(
      globSync('docs/examples/**/*.ts').map((path) => readFileSync(path, 'utf8')),
    )
    const files = pages.flatMap((page) =>
      listBlocks(page, 'ts').flatMap((code, at) => {
        if (examples.has(code)) return []
        const file = `${folder}/${page.replaceAll(/\W/g, '-')}-${at + 1}.ts`
        writeFileSync(file, code)
        return [file]
      }),
    )
    expect(files.length).toBeGreaterThan(4)
    const flags = ['--noEmit', '--ignoreConfig', '--strict', '--skipLibCheck', '--types', 'node']
    const target = ['--module', 'nodenext', '--target', 'es2023', '--lib', 'es2023,es2024,dom']
    try {
      execFileSync('node_modules/.bin/tsc', [...flags, ...target, untyped, ...files], {
        encoding: 'utf8',
      })
    } catch (error) {
      throw new Error((error as { stdout: string }).stdout)
    }
  })

  it('show JSON that parses', () => {
    for (const block of pages.flatMap((page) => listBlocks(page, 'json'))) {
      expect(() => JSON.parse(block)).not.toThrow()
    }
  })

  it('name every variable of the credentials', () => {
    const source = readFileSync('src/entry/environment-credentials.ts', 'utf8')
    const variables = new Set(source.match(/(?:OSS|UPCALL|ALIBABA_CLOUD)_[A-Z_]*[A-Z]/g))
    expect(variables.size).toBeGreaterThan(10)
    const page = readFileSync('docs/credentials.md', 'utf8')
    const settings = readFileSync('docs/settings.md', 'utf8')
    expect([...variables].filter((name) => !`${page}${settings}`.includes(`\`${name}\``))).toEqual(
      [],
    )
  })
})
