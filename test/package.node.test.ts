/**
 * What ships: the packed tarball, installed into an empty project and used as its users use it.
 */
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { checkTarball, packPackage, type Tarball } from '../src/dev/check-package.ts'
import { COMPILE_CACHE } from './support/compile-cache.ts'
import { installTarball } from './support/consumer.ts'
import { changeEnvironment } from './support/environment.ts'

const manifest = JSON.parse(readFileSync('package.json', 'utf8'))
const entries = Object.keys(manifest.exports)
  .filter((path) => path !== './package.json')
  .map((path) => `${manifest.name}${path.slice(1)}`)
const ofBrowser = (entry: string) =>
  new RegExp(
    `^${manifest.name}/(?:client|react|solid|svelte|transform|vue|wechat|mini|react-native)`,
  ).test(entry)

// A compiler and `attw` take seconds.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 180_000 })

/** Prints which of the modules in the arguments can be imported, each in a thread of its own. */
const IMPORT_EACH = `
import { Worker } from 'node:worker_threads'
const [imported, failed] = [[], []]
for (const entry of process.argv.slice(1)) {
  const code = "import('" + entry + "').then((all) => { if (Object.keys(all).length === 0) throw new Error('empty') })"
  const worker = new Worker(code, { eval: true })
  await new Promise((resolve) => {
    worker.once('error', ({ message }) => failed.push(entry + ': ' + message))
    worker.once('exit', (exitCode) => {
      if (exitCode === 0) imported.push(entry)
      resolve()
    })
  })
}
console.log(JSON.stringify({ imported, failed }))`

let folder = ''
let tarball: Tarball

/** All versions of Node on this machine: the one of the tests, and those on PATH. */
function findNodes(): [version: string, path: string][] {
  const places = (process.env.PATH ?? '').split(delimiter).map((place) => join(place, 'node'))
  const nodes = new Map<string, string>()
  for (const path of [process.execPath, ...places.filter((place) => existsSync(place))]) {
    const version = execFileSync(path, ['--version'], { encoding: 'utf8' }).trim()
    if (!nodes.has(version)) nodes.set(version, path)
  }
  return [...nodes]
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'upcall-package-'))
  tarball = packPackage(folder)
  const tools = [
    '@types/node',
    '@uppy/core',
    '@opentelemetry/api',
    'react',
    '@types/react',
    'vue',
    'svelte',
    'solid-js',
  ]
  installTarball(folder, tarball.path, tools)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('the tarball', () => {
  it('holds the built modules, each with its types and its source map, and words about them', () => {
    const strange = tarball.files.filter(
      (path) =>
        !/^(package\.json|README(\.zh-CN)?\.md|LICENSE|CHANGELOG\.md)$/.test(path) &&
        !/^dist\/(src|client)\/.+\.(js|js\.map|d\.ts)$/.test(path) &&
        !/^dist\/mini\/\w+\.js$/.test(path) &&
        !/^dist\/browser\/(_headers|openapi\.json|[\w.-]+\.m?js)$/.test(path) &&
        !path.startsWith('templates/'),
    )
    expect(strange).toEqual([])
    const modules = tarball.files.filter((path) => /^dist\/(src|client)\/.+\.js$/.test(path))
    expect(modules.length).toBeGreaterThan(100)
    for (const path of modules) {
      expect(tarball.files).toContain(`${path}.map`)
      expect(tarball.files).toContain(path.replace(/js$/, 'd.ts'))
    }
  })

  it('has no dev server, demo page, examples, tests or build script', () => {
    const ours = tarball.files.filter((path) => !path.startsWith('templates/'))
    expect(ours.filter((path) => /dev\/|demo|example|test|build-/.test(path))).toEqual([])
  })

  it('holds every file of the starters, and nothing that was built in them', () => {
    const files = execFileSync('git', ['ls-files', '-z', 'templates'], { encoding: 'utf8' })
    const known = files.split('\0').filter((path) => existsSync(path))
    expect(known.length).toBeGreaterThan(40)
    const packed = tarball.files.filter((path) => path.startsWith('templates/'))
    expect(packed.sort()).toEqual(known.sort())
  })

  it('has source maps with the sources inside', () => {
    const path = join(folder, 'node_modules', manifest.name, 'dist/src/protocol/presign.js.map')
    const { sources, sourcesContent } = JSON.parse(readFileSync(path, 'utf8'))
    expect(sources).toHaveLength(1)
    expect(sourcesContent[0]).toBe(readFileSync('src/protocol/presign.ts', 'utf8'))
  })

  it('runs nothing when it is installed', () => {
    const names = ['preinstall', 'install', 'postinstall', 'prepare']
    expect(names.filter((name) => name in manifest.scripts)).toEqual([])
  })

  it('satisfies publint and attw', () => {
    const { publint, attw } = checkTarball(tarball.path)
    expect(publint.output).toContain('All good!')
    expect(publint.ok).toBe(true)
    expect(attw.output).toContain(`${manifest.name}/client/uppy`)
    expect(attw.ok, attw.output).toBe(true)
  })
})

it('has the command of the README, which never takes a package of another name', () => {
  const [command = ''] = /^npx .*\bupcall emulator/m.exec(readFileSync('README.md', 'utf8')) ?? []
  const [npx = '', ...args] = command.split(' ')
  expect(args.slice(0, 2)).toEqual(['-p', manifest.name])
  // `--no`: nothing is fetched.
  const help = execFileSync(npx, ['--no', ...args, '--help'], { cwd: folder, encoding: 'utf8' })
  expect(help).toContain('Usage: upcall emulator')
})

describe('types', () => {
  function compile(name: string, specifiers: readonly string[], ...flags: string[]): string {
    const names = specifiers.map((_, at) => `entry${at}`)
    const lines = specifiers.map((path, at) => `import * as entry${at} from '${path}'`)
    const source = join(folder, name, 'consumer.ts')
    mkdirSync(dirname(source), { recursive: true })
    writeFileSync(source, `${lines.join('\n')}\nexport const all = [${names.join(', ')}]\n`)
    const args = [resolve('node_modules/typescript/bin/tsc'), '--ignoreConfig', '--noEmit']
    try {
      return execFileSync(
        process.execPath,
        [...args, '--strict', '--skipLibCheck', 'false', '--target', 'es2023', ...flags, source],
        { cwd: folder, encoding: 'utf8' },
      )
    } catch (error) {
      return (error as { stdout: string }).stdout
    }
  }
  const bundler = ['--module', 'esnext', '--moduleResolution', 'bundler']
  const nodenext = ['--module', 'nodenext', '--moduleResolution', 'nodenext']

  it.each([
    ['bundler', bundler],
    ['nodenext', nodenext],
  ])('of all entries compile under %s without skipLibCheck', (name, flags) => {
    const libs = ['--lib', 'es2023,dom,dom.iterable,dom.asynciterable', '--types', 'node']
    expect(compile(name, entries, ...flags, ...libs)).toBe('')
  })

  it('of the server compile without DOM', () => {
    const server = entries.filter((entry) => !ofBrowser(entry))
    expect(server.length).toBeGreaterThan(3)
    expect(compile('server', server, ...nodenext, '--lib', 'es2023', '--types', 'node')).toBe('')
  })

  it('of the browser client compile without Node', () => {
    const browser = entries.filter((entry) => ofBrowser(entry) && !entry.endsWith('/uppy'))
    const libs = ['--lib', 'es2023,dom,dom.iterable', '--types', '']
    expect(compile('browser', browser, ...bundler, ...libs)).toBe('')
  })

  it('are wrong where the consumer is wrong', () => {
    expect(compile('wrong', [`${manifest.name}/nothing`], ...nodenext)).toContain('TS2307')
  })
})

describe.each(findNodes())('on Node %s', (version, node) => {
  const [major = 0, minor = 0] = version.slice(1).split('.').map(Number)
  const env = { ...COMPILE_CACHE, PATH: [dirname(node), process.env.PATH].join(delimiter) }

  it('each entry can be imported, alone in its thread', () => {
    const missing = `${manifest.name}/nothing`
    const args = ['--input-type=module', '--eval', IMPORT_EACH, ...entries, missing]
    const said = execFileSync(node, args, { cwd: folder, encoding: 'utf8', env })
    const { imported, failed } = JSON.parse(said)
    expect(failed).toEqual([expect.stringMatching(`^${missing}: .*${missing.split('/')[1]}`)])
    expect(imported).toEqual(entries)
  })

  it.each(Object.keys(manifest.bin))('%s emulator starts, serves and stops', async (name) => {
    const command = join(folder, 'node_modules/.bin', name)
    const child = spawn(command, ['emulator', '--port', '0'], { cwd: folder, env })
    const exit = once(child, 'exit')
    try {
      const [chunk] = await once(child.stdout, 'data')
      const [, url = ''] = /^Local OSS at (\S+)/.exec(String(chunk)) ?? []
      const response = await fetch(`${url}/examplebucket/missing.txt`)
      expect(response.status).toBe(403)
      expect(await response.text()).toContain('<Code>AccessDenied</Code>')
    } finally {
      child.kill('SIGTERM')
    }
    expect(await exit).toEqual([0, null])
  })

  it('the service starts with the browser client, or says which Node its outbox needs', async () => {
    const entry = join(folder, 'node_modules', manifest.name, 'dist/src/entry/node.js')
    const settings = changeEnvironment({ PORT: '0', UPCALL_DATA: join(folder, `data-${version}`) })
    const child = spawn(node, [entry], { cwd: folder, env: { ...settings, ...env } })
    const exit = once(child, 'exit')
    try {
      if (major > 22 || (major === 22 && minor >= 13)) {
        const [chunk] = await once(child.stdout, 'data')
        const [, url = ''] = /(http:\/\/\S+)/.exec(String(chunk)) ?? []
        expect((await fetch(`${url}/client.js`)).status).toBe(200)
        child.kill('SIGTERM')
        expect(await exit).toEqual([0, null])
      } else {
        const [chunk] = await once(child.stderr, 'data')
        expect(String(chunk)).toContain('Node 22.13')
        expect(await exit).toEqual([1, null])
      }
    } finally {
      child.kill('SIGKILL')
    }
  })

  it('upcall init and upcall serve make a service out of four flags', async () => {
    const home = join(folder, `init-${version}`)
    const own = { ...env, OSS_ACCESS_KEY_ID: 'ak-of-tests', OSS_ACCESS_KEY_SECRET: 'sk-of-tests' }
    const flags = ['--bucket', 'my-bucket', '--region', 'cn-hangzhou', '--folder', home]
    const urls = ['--public-url', 'https://u.example.com', '--origin', 'https://www.example.com']
    const command = join(folder, 'node_modules/.bin/upcall')
    const init = ['init', ...flags, ...urls, '--no-doctor']
    execFileSync(node, [command, ...init], { cwd: folder, env: own, stdio: 'pipe' })
    const serve = ['serve', '--env-file', join(home, '.env'), '--port', '0']
    const data = { UPCALL_DATA: join(home, 'data') }
    const child = spawn(node, [command, ...serve], { cwd: folder, env: { ...env, ...data } })
    const exit = once(child, 'exit')
    try {
      const said = await Promise.race([once(child.stdout, 'data'), once(child.stderr, 'data')])
      const hasSqlite = major > 22 || (major === 22 && minor >= 13)
      expect(String(said[0])).toMatch(hasSqlite ? /upcall listens on/ : /Node 22\.13/)
      if (hasSqlite) child.kill('SIGTERM')
      expect(await exit).toEqual(hasSqlite ? [0, null] : [1, null])
    } finally {
      child.kill('SIGKILL')
    }
  })
})

it('upcall init --template, installed from a tarball, brings the tarball along', () => {
  const args = ['init', '--template', 'worker', 'My 应用']
  const command = join(folder, 'node_modules/.bin/upcall')
  const said = execFileSync(command, args, { cwd: folder, encoding: 'utf8' })
  expect(said).toContain("cd 'My 应用'\n  npm install\n  npm run dev\n")
  const app = join(folder, 'My 应用')
  const { name, dependencies } = JSON.parse(readFileSync(join(app, 'package.json'), 'utf8'))
  expect([name, dependencies]).toEqual(['my', { [manifest.name]: 'file:package.tgz' }])
  expect(readFileSync(join(app, 'package.tgz'))).toEqual(readFileSync(tarball.path))
})

it('npm create oss-upcall runs upcall init --template, of the same version', () => {
  const own = JSON.parse(readFileSync('create/package.json', 'utf8'))
  expect([own.version, own.dependencies]).toEqual([
    manifest.version,
    { [manifest.name]: manifest.version },
  ])
  const packing = ['pack', resolve('create'), '--silent', '--pack-destination', folder]
  const file = execFileSync('npm', packing, { encoding: 'utf8' }).trim()
  const home = join(folder, 'node_modules', own.name)
  mkdirSync(home)
  execFileSync('tar', ['xzf', join(folder, file), '-C', home, '--strip-components=1'])
  const create = (...args: string[]) =>
    spawnSync(process.execPath, [join(home, own.bin[own.name]), ...args], {
      cwd: folder,
      encoding: 'utf8',
    })
  expect(create('created', '--template', 'nuxt').stdout).toContain('Written into created: Nuxt.')
  expect(existsSync(join(folder, 'created/nuxt.config.ts'))).toBe(true)
  // Nobody can be asked here.
  const { stderr, status } = create('other')
  expect(stderr).toContain('--template wants a name')
  expect(status).toBe(1)
  expect(existsSync(join(folder, 'other'))).toBe(false)
})

it('upcall init --target worker makes a Worker that can be deployed', () => {
  const flags = ['--bucket', 'my-bucket', '--region', 'cn-hangzhou', '--target', 'worker']
  const urls = ['--public-url', 'https://u.example.com', '--origin', 'https://www.example.com']
  const env = { ...process.env, OSS_ACCESS_KEY_ID: '', OSS_ACCESS_KEY_SECRET: '' }
  const run = (command: string, args: string[], more = {}) =>
    execFileSync(command, args, { cwd: folder, encoding: 'utf8', env: { ...env, ...more } })
  run(join(folder, 'node_modules/.bin/upcall'), ['init', ...flags, ...urls, '--no-doctor'])
  const quiet = { WRANGLER_SEND_METRICS: 'false', CI: 'true' }
  const dryRun = ['deploy', '--dry-run', '--outdir', join(folder, 'worker-out')]
  const said = run(resolve('node_modules/.bin/wrangler'), dryRun, quiet)
  expect(said).toContain('env.LEDGER')
  expect(said).toContain('--dry-run: exiting now.')
}, 60_000)
