/**
 * `npm run test:starters`: each starter as a new user has it, in an empty folder: `upcall init --template` from the packed
 * package, `npm install`, `npm test`, `npm run build`, `npm run dev` and its page in Chromium. The last also by
 * `npm create`, from packed packages. Names such as `next` run these alone. Minutes: it installs the frameworks from npm.
 * `STARTER_PICTURES` names a folder for screenshots.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { chromium } from 'playwright'
import { packPackage } from '../../src/dev/check-package.ts'
import { findPort } from '../../src/dev/find-port.ts'
import { STARTERS } from '../../src/entry/starter.ts'
import { buildToolEnv, runTool } from '../frameworks/prepare.ts'
import { startProgram } from '../runtimes/programs.ts'
import { CHROMIUM_ARGS, findChromium } from '../support/chromium.ts'
import { playStarter } from './play.ts'

const INSTALL_TIMEOUT_MS = 900_000
const TOOL_TIMEOUT_MS = 600_000
const START_TIMEOUT_MS = 300_000
const PHOTOS = { '海边.jpg': 'darkorange, navy', 'second photo.jpg': 'seagreen, gold' }

const known = Object.keys(STARTERS)
const names = process.argv.slice(2)
const unknown = names.filter((name) => !known.includes(name))
if (unknown.length > 0) {
  console.error(`Not known: ${unknown.join(', ')}. Known: ${known.join(', ')}.`)
  process.exit(2)
}
const chosen = known.filter((name) => names.length === 0 || names.includes(name))

// Otherwise what was started would go on.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))

const root = mkdtempSync(join(tmpdir(), 'upcall-starters-'))
process.once('exit', () => rmSync(root, { recursive: true, force: true }))

/** npm's own settings and cache are those of the person who runs this. */
const npm = (args: readonly string[], cwd: string, timeout: number): Promise<void> =>
  runTool('npm', args, { cwd, env: { ...process.env, CI: '1' }, timeout })

/** As `npx -p oss-upcall upcall init`, and as `npm create oss-upcall`. */
async function create(name: string, tarballs: { own: string; create: string }): Promise<void> {
  const isLast = name === chosen.at(-1)
  const command = isLast
    ? ['--package', tarballs.create, '--', 'create-oss-upcall', name]
    : ['--', 'upcall', 'init', name]
  const args = ['exec', '--yes', '--package', tarballs.own, ...command, '--template', name]
  await npm(args, root, INSTALL_TIMEOUT_MS)
}

async function draw(path: string, colors: string): Promise<void> {
  const page = await browser.newPage({ viewport: { width: 640, height: 480 } })
  await page.setContent(`<body style="background: linear-gradient(160deg, ${colors})">`)
  await page.screenshot({ path, type: 'jpeg' })
  await page.close()
}

async function tryStarter(name: string, tarballs: { own: string; create: string }): Promise<void> {
  const folder = join(root, name)
  await create(name, tarballs)
  await npm(['install', '--no-audit', '--no-fund'], folder, INSTALL_TIMEOUT_MS)
  await npm(['test'], folder, TOOL_TIMEOUT_MS)
  await npm(['run', 'build'], folder, TOOL_TIMEOUT_MS)
  const port = await findPort()
  const url = `http://127.0.0.1:${port}`
  const env = { ...buildToolEnv(folder), PORT: String(port) }
  const command = { command: 'npm', args: ['run', 'dev'], cwd: folder, env }
  const running = await startProgram(command, url, { timeoutMs: START_TIMEOUT_MS })
  const pictures = process.env.STARTER_PICTURES
  try {
    for (const [file, colors] of Object.entries(PHOTOS)) await draw(join(folder, file), colors)
    if (pictures) mkdirSync(pictures, { recursive: true })
    await playStarter(url, {
      browser,
      folder,
      photos: Object.keys(PHOTOS),
      pictures: pictures && resolve(pictures, name),
    })
  } catch (cause) {
    const text = cause instanceof Error ? cause.message : String(cause)
    throw new Error(`${text}\n${running.readLog()}`, { cause })
  } finally {
    await running.stop()
  }
}

const browser = await chromium.launch({ executablePath: await findChromium(), args: CHROMIUM_ARGS })
let failed = 0
try {
  const { path: own } = packPackage(root)
  await npm(['pack', resolve('create'), '--silent'], root, TOOL_TIMEOUT_MS)
  const version = own.slice(own.lastIndexOf('-') + 1)
  const tarballs = { own, create: join(root, `create-oss-upcall-${version}`) }
  for (const name of chosen) {
    const start = Date.now()
    try {
      await tryStarter(name, tarballs)
      console.log(`ok      ${name}: ${((Date.now() - start) / 1000).toFixed(1)} s`)
    } catch (error) {
      failed += 1
      console.log(`FAILED  ${name}: ${error instanceof Error ? error.message : error}`)
    }
  }
} finally {
  await browser.close()
}
console.log(failed === 0 ? 'All is as it should be.' : `${failed} failed.`)
process.exitCode = failed === 0 ? 0 : 1
