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
import { prepareApp, readVersions } from './prepare.ts'

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

async function compileLines(tarball: string): Promise<boolean> {
  const start = Date.now()
  try {
    await prepareApp(LINES, join(root, LINES.folder), tarball)
    console.log(`ok      the programs of docs/comparison.md compile: ${tookSeconds(start)} s`)
    return true
  } catch (error) {
    console.log(`FAILED  docs/comparison.md: ${error instanceof Error ? error.message : error}`)
    return false
  }
}

/** @returns whether everything was as it should be */
async function runApp(app: App, tarball: string): Promise<boolean> {
  const folder = join(root, app.folder)
  const start = Date.now()
  try {
    await prepareApp(app, folder, tarball)
    const prepared = tookSeconds(start)
    const begin = Date.now()
    await playApp(app, { browser, oss, folder })
    const versions = readVersions(app, folder)
    const note = app.dropsLength ? '; the page confirms' : ''
    console.log(`ok      ${app.name} (${versions}): ${prepared} + ${tookSeconds(begin)} s${note}`)
    return true
  } catch (error) {
    console.log(`FAILED  ${app.name}: ${error instanceof Error ? error.message : error}`)
    return false
  }
}

let failed = 0
try {
  const { path: tarball } = packPackage(root)
  // One after the other: each build takes all processors.
  for (const app of chosen) if (!(await runApp(app, tarball))) failed += 1
  if (isChosen(LINES) && !(await compileLines(tarball))) failed += 1
} finally {
  await browser.close()
  await oss.close()
}
console.log(failed === 0 ? 'All is as it should be.' : `${failed} failed.`)
process.exitCode = failed === 0 ? 0 : 1
