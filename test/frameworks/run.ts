/**
 * `npm run test:frameworks`: the packed package in an application of each framework, which its own tools build, with the
 * recipe of docs/examples/frameworks as it stands there. Chromium uploads to the local OSS; the receipt is in the
 * application's own database. Folders such as `next-app` run these alone. Some minutes: it installs the frameworks from npm.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium } from 'playwright'
import { packPackage } from '../../src/dev/check-package.ts'
import { startEmulator } from '../../src/emulator/start.ts'
import { CHROMIUM_ARGS, findChromium } from '../support/chromium.ts'
import { ACCESS_KEY, CALLBACK_KEY } from '../support/keys.ts'
import { APPS, type App, LINES } from './apps.ts'
import { playApp } from './play.ts'
import { buildApp, installApp, readVersions } from './prepare.ts'

/** npm waits for the network more than it computes. */
const INSTALLS_AT_ONCE = 2

const names = process.argv.slice(2)
const known = [...new Set(APPS.map(({ folder }) => folder)), LINES.folder]
const unknown = names.filter((name) => !known.includes(name))
if (unknown.length > 0) {
  console.error(`Not known: ${unknown.join(', ')}. Known: ${known.join(', ')}.`)
  process.exit(2)
}
const isChosen = ({ folder }: { folder: string }) => names.length === 0 || names.includes(folder)
const chosen = APPS.filter(isChosen)

// Otherwise what was started would go on.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))

const startedAt = Date.now()
const root = mkdtempSync(join(tmpdir(), 'upcall-frameworks-'))
process.once('exit', () => rmSync(root, { recursive: true, force: true }))
const browser = await chromium.launch({ executablePath: await findChromium(), args: CHROMIUM_ARGS })
const oss = await startEmulator({
  accessKeys: [ACCESS_KEY],
  buckets: [
    {
      name: 'examplebucket',
      cors: [{ allowedOrigins: ['*'], allowedMethods: ['POST', 'PUT'], allowedHeaders: ['*'] }],
    },
  ],
  callbackKey: { privateKey: CALLBACK_KEY.privateKey, publicKeyUrl: CALLBACK_KEY.url },
})

const tookSeconds = (from: number): string => ((Date.now() - from) / 1000).toFixed(1)

/** @returns whether everything was as it should be */
async function compileLines(installed: Promise<void>): Promise<boolean> {
  try {
    await installed
    const start = Date.now()
    await buildApp(LINES, join(root, LINES.folder))
    console.log(`ok      the programs of docs/comparison.md compile: ${tookSeconds(start)} s`)
    return true
  } catch (error) {
    console.log(`FAILED  docs/comparison.md: ${error instanceof Error ? error.message : error}`)
    return false
  }
}

/** @returns whether everything was as it should be */
async function runApp(app: App, installed: Promise<void>): Promise<boolean> {
  const folder = join(root, app.folder)
  try {
    await installed
    const start = Date.now()
    await buildApp(app, folder)
    const built = tookSeconds(start)
    const begin = Date.now()
    await playApp(app, { browser, oss, folder })
    const versions = readVersions(app, folder)
    const note = app.dropsLength ? '; the page confirms' : ''
    console.log(`ok      ${app.name} (${versions}): ${built} + ${tookSeconds(begin)} s${note}`)
    return true
  } catch (error) {
    console.log(`FAILED  ${app.name}: ${error instanceof Error ? error.message : error}`)
    return false
  }
}

/** Begins with all folders, some at once, while the first application is in use already. */
function installAll(folders: readonly string[], tarball: string): Map<string, Promise<void>> {
  const lanes: Promise<void>[] = Array.from({ length: INSTALLS_AT_ONCE }, async () => {})
  return new Map(
    folders.map((folder, at) => {
      const lane = at % INSTALLS_AT_ONCE
      const previous = lanes[lane] ?? Promise.resolve()
      const installed = previous.then(() => installApp({ folder }, join(root, folder), tarball))
      // A failure is reported where it is awaited, and the next folder has its turn.
      lanes[lane] = installed.catch(() => {})
      return [folder, installed] as const
    }),
  )
}

const results: boolean[] = []
try {
  const { path: tarball } = packPackage(root)
  const folders = [...new Set([...chosen, LINES].filter(isChosen).map(({ folder }) => folder))]
  const installs = installAll(folders, tarball)
  const findInstall = (folder: string) => installs.get(folder) ?? Promise.resolve()
  // One after the other: each build takes all processors.
  for (const app of chosen) results.push(await runApp(app, findInstall(app.folder)))
  if (isChosen(LINES)) results.push(await compileLines(findInstall(LINES.folder)))
} finally {
  await browser.close()
  await oss.close()
}
const passed = results.filter(Boolean).length
const failed = results.length - passed
console.log(`${passed} passed, ${failed} failed, in ${tookSeconds(startedAt)} s.`)
process.exitCode = failed === 0 && passed > 0 ? 0 : 1
