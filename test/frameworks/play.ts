/**
 * One application in use: opened in Chromium by a user who is signed in, uploads, and what is left of them. Over 200 lines:
 * each thing that is looked at has its function.
 */
import { appendFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, BrowserContext, Page } from 'playwright'
import type { RunningEmulator } from '../../src/emulator/start.ts'
import { createOssClient } from '../../src/oss/client.ts'
import { ACCESS_KEY } from '../support/keys.ts'
import type { App, Command } from './apps.ts'
import { MOUNT, type RunningApp, SESSION, startApp, USER } from './start.ts'

const UPLOAD_TIMEOUT_MS = 30_000
/** A development server builds a page when it is opened. */
const PAGE_TIMEOUT_MS = 60_000
/** How often: a request of the page may stay without a response while the server bundles what the page imports. */
const MAX_OPENINGS = 3
/** Until no request runs: some development servers keep asking. */
const IDLE_TIMEOUT_MS = 10_000
/** How often, and how long each time, a file is given to a page that has not taken its input over. */
const MAX_TRIES = 10
const TRY_MS = 3000
/** One form; and more than 16 MiB, which goes in parts. */
const SMALL = { name: '笔记.txt', bytes: Buffer.from('笔记 one') }
const LARGE = { name: 'big.bin', bytes: Buffer.alloc(17 * 1024 * 1024 + 1, 7) }
type TestFile = typeof SMALL

export interface Place {
  browser: Browser
  oss: RunningEmulator
  /** The application, installed and built. */
  folder: string
}

function check(isGood: boolean, what: string): void {
  if (!isGood) throw new Error(what)
}

/** @param faults gets what the page throws, and the errors of its console */
export async function openPage(
  context: BrowserContext,
  url: string,
  faults: string[],
): Promise<Page> {
  const page = await context.newPage()
  page.on('pageerror', (error) => faults.push(error.message))
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(message.text())
  })
  const before = faults.length
  for (let time = 1; ; time += 1) {
    try {
      await page.goto(url, { waitUntil: 'load', timeout: PAGE_TIMEOUT_MS })
      break
    } catch (error) {
      if (time === MAX_OPENINGS) throw error
      // Of the page that was given up.
      faults.length = before
    }
  }
  await page.waitForLoadState('networkidle', { timeout: IDLE_TIMEOUT_MS }).catch(() => {})
  return page
}

/** @returns what the page shows afterwards */
async function uploadIn(page: Page, { name, bytes }: TestFile, folder: string): Promise<string> {
  // From disk: bytes would go through Chromium's debugger.
  const path = join(folder, name)
  writeFileSync(path, bytes)
  for (let tries = 1, isTaken = false; !isTaken && tries <= MAX_TRIES; tries += 1) {
    const asked = page.waitForRequest((request) => request.url().endsWith('/uploads'), {
      timeout: TRY_MS,
    })
    const taken = asked.then(
      () => true,
      () => false,
    )
    await page.locator('input[type=file]').setInputFiles(path)
    isTaken = await taken
  }
  const output = page.locator('output')
  await output.filter({ hasText: /\S/ }).waitFor({ timeout: UPLOAD_TIMEOUT_MS })
  return (await output.textContent()) ?? ''
}

async function uploadSignedIn(
  url: string,
  files: readonly TestFile[],
  { browser, folder }: Place,
): Promise<void> {
  const faults: string[] = []
  const context = await browser.newContext()
  try {
    await context.addCookies([{ name: 'session', value: SESSION, url }])
    for (const file of files) {
      const page = await openPage(context, url, faults)
      const text = await uploadIn(page, file, folder)
      const saved = new RegExp(`^Saved ${file.name} as /files/[\\w-]+$`)
      check(saved.test(text), `The page says of ${file.name}: ${text}`)
      await page.close()
    }
    check(faults.length === 0, `The console of the page says: ${faults.join('; ')}`)
  } finally {
    await context.close()
  }
}

function checkCallbacks({ dropsLength }: App, count: number, { oss }: Place): void {
  const outcomes = oss.emulator.log.callbacks.map(({ outcome, message }) =>
    outcome === 'ok' ? 'ok' : message,
  )
  const isExpected = (text: string): boolean => (dropsLength ? /length/i.test(text) : text === 'ok')
  check(
    outcomes.length === count && outcomes.every(isExpected),
    `OSS says of its callbacks: ${outcomes.join('; ')}`,
  )
}

async function checkSaved(
  { listSaved }: RunningApp,
  files: readonly TestFile[],
  { oss }: Place,
): Promise<void> {
  const saved = listSaved()
  check(saved.length === files.length, `The database has ${saved.length} files.`)
  const client = createOssClient({
    bucket: oss.bucket,
    region: oss.region,
    endpoint: oss.url,
    credentials: ACCESS_KEY,
  })
  for (const [at, { name, bytes }] of files.entries()) {
    const row = saved[at]
    check(
      row?.user === USER && row.name === name && row.size === bytes.length,
      `The database says of ${name}: ${JSON.stringify(row)}`,
    )
    const response = await fetch(await client.signedUrl(row?.key ?? '', { expiresIn: 60 }))
    const stored = Buffer.from(await response.arrayBuffer())
    check(stored.equals(bytes), `OSS has other bytes of ${name}.`)
  }
}

/** Nobody is signed in: the page shows what the service said. */
async function playStranger({ url }: RunningApp, { browser, folder }: Place): Promise<void> {
  const context = await browser.newContext()
  try {
    const text = await uploadIn(await openPage(context, url, []), SMALL, folder)
    check(/signed in/.test(text), `The page of a stranger says: ${text}`)
  } finally {
    await context.close()
  }
}

async function readErrorCode(response: Response): Promise<string> {
  const text = await response.text()
  return /"code":"(\w+)"/.exec(text)?.[1] ?? `${response.status} ${text.slice(0, 200)}`
}

/** The client's files, or how to get them. */
async function checkClientFiles({ bundles }: App, { url }: RunningApp): Promise<void> {
  const response = await fetch(`${url}${MOUNT}/client.mjs`)
  if (!bundles) return check(response.ok, `client.mjs has the status ${response.status}.`)
  const code = await readErrorCode(response)
  check(code === 'CLIENT_FILES_MISSING', `Of client.mjs it says: ${code}`)
}

async function withApp(
  command: Command,
  place: Place,
  play: (running: RunningApp) => Promise<void>,
  options: { mount?: string } = {},
): Promise<void> {
  const running = await startApp(command, place, options)
  try {
    await play(running)
  } catch (cause) {
    const text = cause instanceof Error ? cause.message : String(cause)
    throw new Error(`${text}\n${running.readLog()}`, { cause })
  } finally {
    await running.stop()
  }
}

/** Settings with another path than the one of the mount. */
async function playWrongMount({ start, stripsMount }: App, place: Place): Promise<void> {
  const play = async ({ url }: RunningApp): Promise<void> => {
    const code = await readErrorCode(await fetch(`${url}${MOUNT}/uploads`, { method: 'POST' }))
    const expected = stripsMount ? 'UNAUTHENTICATED' : 'MOUNT_PATH'
    check(code === expected, `Under a wrong path it says: ${code}`)
  }
  await withApp(start, place, play, { mount: '/other' })
}

/** The development server, before and after a change of the file with the service. */
async function playDevelopment(app: App, place: Place): Promise<void> {
  const { dev, recipe } = app
  if (!dev) return
  await withApp(dev, place, async (running) => {
    // Vite loads the page once more when it has found out what the page imports.
    const context = await place.browser.newContext()
    await openPage(context, running.url, [])
    await context.close()
    await uploadSignedIn(running.url, [SMALL], place)
    appendFileSync(join(place.folder, recipe['uploads.ts'] ?? ''), '\n// Changed.\n')
    await uploadSignedIn(running.url, [SMALL], place)
    checkCallbacks(app, 2, place)
    await checkSaved(running, [SMALL, SMALL], place)
  })
}

/** @throws {Error} with what is wrong, and the end of what the application printed */
export async function playApp(app: App, place: Place): Promise<void> {
  await withApp(app.start, place, async (running) => {
    await uploadSignedIn(running.url, [SMALL, LARGE], place)
    checkCallbacks(app, 2, place)
    await checkSaved(running, [SMALL, LARGE], place)
    await playStranger(running, place)
    await checkClientFiles(app, running)
  })
  await playWrongMount(app, place)
  await playDevelopment(app, place)
}
