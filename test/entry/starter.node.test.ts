/** The starters as `upcall init --template` writes them. `npm run test:starters` installs, builds and uses them. */
import { spawnSync } from 'node:child_process'
import {
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import {
  copyStarter,
  runTemplate,
  STARTERS,
  type StarterName,
  type TemplatePorts,
} from '../../src/entry/starter.ts'

const NAMES = Object.keys(STARTERS) as StarterName[]
const RECIPES = 'docs/examples/frameworks'

/** The package as npm installs it: nothing is packed. */
let installed = ''
let root = ''
beforeAll(() => {
  installed = mkdtempSync(join(tmpdir(), 'upcall-starter-'))
  root = join(installed, 'node_modules/oss-upcall')
  mkdirSync(root, { recursive: true })
  writeFileSync(join(root, 'package.json'), JSON.stringify({ version: '1.2.3' }))
  symlinkSync(resolve('templates'), join(root, 'templates'))
})
afterAll(() => rmSync(installed, { recursive: true, force: true }))

function makeFolder(name = 'my-app'): string {
  const folder = mkdtempSync(join(tmpdir(), 'upcall-starter-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return join(folder, name)
}

function listFiles(folder: string): string[] {
  return globSync('**/*', { cwd: folder, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
}

describe.each(NAMES)('the starter %s', (name) => {
  it('has what a new user needs, with its name and the version of this package', () => {
    const folder = makeFolder()
    copyStarter(name, folder, { root })
    for (const path of ['README.md', '.env.example', '.gitignore', 'test/upload.test.ts']) {
      expect(existsSync(join(folder, path)), path).toBe(true)
    }
    expect(existsSync(join(folder, 'gitignore'))).toBe(false)
    const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
    expect(manifest.name).toBe('my-app')
    expect(manifest.dependencies['oss-upcall']).toBe('1.2.3')
    for (const path of listFiles(folder)) {
      expect(readFileSync(path, 'utf8'), path).not.toContain('app-name')
    }
  })

  it('names the file of its profiles to the doctor', () => {
    const folder = makeFolder()
    copyStarter(name, folder, { root })
    const { scripts } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
    const [, file = ''] =
      /^upcall doctor --env-file \.env --profiles (\S+)$/.exec(scripts.doctor) ?? []
    // By Node itself, as the doctor imports it.
    const url = JSON.stringify(pathToFileURL(join(folder, file)))
    const code = `import { profiles } from ${url}; console.log(JSON.stringify(profiles))`
    const { stdout } = spawnSync(process.execPath, ['--input-type=module', '--eval', code])
    expect(Object.keys(JSON.parse(String(stdout)))).toEqual(['photos'])
    expect(readFileSync(join(folder, 'README.md'), 'utf8')).toContain(file)
  })

  it('has exact versions, those of the applications that are tried with frameworks', () => {
    const folder = makeFolder()
    copyStarter(name, folder, { root })
    const read = (path: string) => {
      const { dependencies, devDependencies } = JSON.parse(readFileSync(path, 'utf8'))
      return { ...dependencies, ...devDependencies } as Record<string, string>
    }
    const tried = Object.assign(
      { ...read('package.json') },
      ...globSync('test/frameworks/*/package.json').map(read),
    )
    const own = read(join(folder, 'package.json'))
    delete own['oss-upcall']
    for (const [dependency, version] of Object.entries(own)) {
      expect(version, dependency).toMatch(/^\d+\.\d+\.\d+$/)
      if (tried[dependency]?.match(/^\d/))
        expect([dependency, tried[dependency]]).toEqual([dependency, version])
    }
  })

  it('explains its files, and each is there', () => {
    const folder = makeFolder()
    copyStarter(name, folder, { root })
    const readme = readFileSync(join(folder, 'README.md'), 'utf8')
    const paths = [...readme.matchAll(/^\| `([^`]+)` \|/gm)].map(([, path = '']) => path)
    expect(paths.length).toBeGreaterThan(5)
    expect(paths.filter((path) => !existsSync(join(folder, path)))).toEqual([])
    const { scripts } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
    const said = [...readme.matchAll(/npm (?:run )?(\w+)/g)].map(([, script = '']) => script)
    expect(said.filter((script) => script !== 'install' && !scripts[script])).toEqual([])
  })
})

it.each([
  ['next', 'next/app/api/files/[...path]/route.ts', 'app/api/files/[...path]/route.ts'],
  ['nuxt', 'nuxt/server/routes/api/files/[...path].ts', 'server/routes/api/files/[...path].ts'],
])('%s mounts the service as its recipe does', (name, recipe, path) => {
  expect(readFileSync(`templates/${name}/${path}`, 'utf8')).toBe(
    readFileSync(`${RECIPES}/${recipe}`, 'utf8'),
  )
})

it('Express mounts the service by the line of its recipe', () => {
  const line = /^app\.use\('\/api\/files'.*$/m
  const [recipe] = line.exec(readFileSync(`${RECIPES}/express.ts`, 'utf8')) ?? []
  const [own] = line.exec(readFileSync('templates/express-react/server/app.ts', 'utf8')) ?? []
  expect(own).toBe(recipe)
  expect(own).toContain('createNodeHandler')
})

describe('the folder', () => {
  it('is left alone when it is not empty, unless it is told to', () => {
    const folder = makeFolder()
    mkdirSync(folder)
    writeFileSync(join(folder, 'notes.txt'), 'mine')
    expect(() => copyStarter('next', folder, { root })).toThrow('is not empty')
    expect(listFiles(folder)).toHaveLength(1)
    copyStarter('next', folder, { root, force: true })
    expect(readFileSync(join(folder, 'notes.txt'), 'utf8')).toBe('mine')
    expect(existsSync(join(folder, 'package.json'))).toBe(true)
  })

  it('may be a new repository', () => {
    const folder = makeFolder()
    mkdirSync(join(folder, '.git'), { recursive: true })
    copyStarter('next', folder, { root })
    expect(existsSync(join(folder, 'package.json'))).toBe(true)
  })

  it('is refused when it is a file', () => {
    const folder = makeFolder()
    writeFileSync(folder, '')
    expect(() => copyStarter('next', folder, { root })).toThrow('is a file')
  })

  it.each([
    ['My Photos!', 'my-photos'],
    ['照片', 'app'],
    ['.x_y', 'x-y'],
    ['x'.repeat(250), 'x'.repeat(214)],
  ])('%s names the application %s', (folderName, appName) => {
    const folder = makeFolder(folderName)
    copyStarter('worker', folder, { root })
    const { name } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
    expect(name).toBe(appName)
    expect(readFileSync(join(folder, 'wrangler.toml'), 'utf8')).toContain(`name = "${appName}"`)
  })
})

describe('upcall init --template', () => {
  async function run(asked: string, ports: Partial<TemplatePorts> = {}, name?: string) {
    const printed: string[] = []
    const folder = makeFolder(name)
    await runTemplate(
      asked,
      { folder, force: false, root },
      { print: (text) => void printed.push(text), ...ports },
    )
    return { folder, printed: printed.join('') }
  }

  it('says the next three commands', async () => {
    const { folder, printed } = await run('nuxt')
    expect(printed).toContain(`Next:\n  cd ${folder}\n  npm install\n  npm run dev\n`)
    const quoted = await run('nuxt', {}, "Alice's app")
    expect(quoted.printed).toContain(`cd '${quoted.folder.replace("'", "'\\''")}'\n`)
  })

  it('lists the four for a name that it does not know, and without a name where nobody can be asked', async () => {
    const list = NAMES.map((name) => `${name}[^]*`).join('')
    await expect(run('rails')).rejects.toThrow(new RegExp(`no starter rails[^]*${list}`))
    await expect(run('')).rejects.toThrow(new RegExp(`wants a name[^]*${list}`))
    await expect(run('constructor')).rejects.toThrow('no starter constructor')
  })

  it('asks at a terminal, once', async () => {
    const questions: string[] = []
    const ask = async (question: string) => {
      questions.push(question)
      return ' worker '
    }
    const { folder, printed } = await run('', { ask })
    expect(questions).toHaveLength(1)
    for (const name of NAMES) expect(printed).toContain(name)
    expect(existsSync(join(folder, 'wrangler.toml'))).toBe(true)
    await expect(run('', { ask: async () => '' })).rejects.toThrow('There is no starter')
  })
})

/** With the packages of this repository; what is not installed here is left to `npm run test:starters`. */
const COMPILED: readonly string[] = [
  '*/local/*.ts',
  '*/test/*.ts',
  '*/server/*.ts',
  '*/ui/*.tsx',
  'next/app/**/*.ts',
  'next/app/**/*.tsx',
  'express-react/src/*.tsx',
]

it('the starters compile with the types of this package', () => {
  // Below the repository, so that its packages are found.
  const folder = mkdtempSync(resolve('node_modules/.starters-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  mkdirSync(join(folder, 'node_modules'))
  symlinkSync(resolve('.'), join(folder, 'node_modules/oss-upcall'))
  for (const name of NAMES) copyStarter(name, join(folder, name), { root })
  const { compilerOptions } = JSON.parse(readFileSync('templates/next/tsconfig.json', 'utf8'))
  const config = {
    compilerOptions: {
      ...compilerOptions,
      types: ['node'],
      typeRoots: [resolve('node_modules/@types')],
      paths: { '@/*': ['./next/server/*'] },
      plugins: [],
    },
    include: COMPILED,
    // Vite is not among our dependencies.
    exclude: ['express-react/server/main.ts'],
  }
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config))
  const compiler = resolve('node_modules/typescript/bin/tsc')
  const { stdout } = spawnSync(process.execPath, [compiler, '-p', folder], { encoding: 'utf8' })
  expect(stdout).toBe('')
}, 60_000)
