/** One application in use: started, opened in Chromium by a user who is signed in, two uploads, and what is left of them. */
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Browser, BrowserContext, Page } from 'playwright'
import type { RunningEmulator } from '../../src/emulator/start.ts'
import { createOssClient } from '../../src/oss/client.ts'
import { startProgram } from '../runtimes/programs.ts'
import { findFreePort } from '../support/engine-process.ts'
import { ACCESS_KEY, CALLBACK_KEY, UPCALL_SECRET } from '../support/keys.ts'
import type { App } from './apps.ts'
import { buildToolEnv } from './prepare.ts'

const UPLOAD_TIMEOUT_MS = 30_000
const SESSION = 'session-of-alice'
const MOUNT = '/api/files'
/** One form; and more than 16 MiB, which goes in parts. */
const FILES = [
  { name: '笔记.txt', bytes: Buffer.from('笔记 one') },
  { name: 'big.bin', bytes: Buffer.alloc(17 * 1024 * 1024 + 1, 7) },
] as const

interface SavedFile {
  id: string
  user: string
  key: string
  name: string
  size: number
}

export interface Place {
  browser: Browser
  oss: RunningEmulator
  /** The application, installed and built. */
  folder: string
}

function check(isGood: boolean, what: string): void {
  if (!isGood) throw new Error(what)
}

/** The application's own tables, as it would have them: a user is signed in. */
function createDatabase(folder: string): string {
  const file = join(folder, 'app.sqlite')
  for (const name of ['app.sqlite', 'app.sqlite-wal', 'app.sqlite-shm', 'data']) {
    rmSync(join(folder, name), { recursive: true, force: true })
  }
  const database = new DatabaseSync(file)
  database.exec('CREATE TABLE sessions (id TEXT PRIMARY KEY, user TEXT NOT NULL)')
  database.prepare('INSERT INTO sessions VALUES (?, ?)').run(SESSION, 'alice')
  database.close()
  return file
}

function listSaved(file: string): SavedFile[] {
  const database = new DatabaseSync(file, { readOnly: true })
  try {
    return database.prepare('SELECT * FROM files ORDER BY size').all() as unknown as SavedFile[]
  } finally {
    database.close()
  }
}

async function openPage(context: BrowserContext, url: string, faults: string[]): Promise<Page> {
  const page = await context.newPage()
  page.on('pageerror', (error) => faults.push(error.message))
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(message.text())
  })
  // Scripts are loaded: a framework's page takes its input over only then.
  await page.goto(url, { waitUntil: 'networkidle' })
  return page
}

/** @param path of the file on disk: bytes would go through Chromium's debugger */
async function uploadIn(page: Page, path: string): Promise<string> {
  const output = page.locator('output')
  await page.locator('input[type=file]').setInputFiles(path)
  await output.filter({ hasText: /\S/ }).waitFor({ timeout: UPLOAD_TIMEOUT_MS })
  return (await output.textContent()) ?? ''
}

async function playSignedIn(app: App, url: string, place: Place): Promise<void> {
  const faults: string[] = []
  const context = await place.browser.newContext()
  try {
    await context.addCookies([{ name: 'session', value: SESSION, url }])
    for (const file of FILES) {
      const page = await openPage(context, url, faults)
      const path = join(place.folder, file.name)
      writeFileSync(path, file.bytes)
      const text = await uploadIn(page, path)
      const saved = new RegExp(`^Saved ${file.name} as /files/[\\w-]+$`)
      check(saved.test(text), `The page says of ${file.name}: ${text}`)
      await page.close()
    }
    check(faults.length === 0, `The console of the page says: ${faults.join('; ')}`)
  } finally {
    await context.close()
  }
  const outcomes = place.oss.emulator.log.callbacks.map(({ outcome, message }) =>
    outcome === 'ok' ? 'ok' : message,
  )
  const isExpected = (text: string): boolean =>
    app.dropsLength ? /length/i.test(text) : text === 'ok'
  check(
    outcomes.length === FILES.length && outcomes.every(isExpected),
    `OSS says of its callbacks: ${outcomes.join('; ')}`,
  )
}

async function checkSaved(database: string, { oss }: Place): Promise<void> {
  const saved = listSaved(database)
  check(saved.length === FILES.length, `The database has ${saved.length} files.`)
  const client = createOssClient({
    bucket: oss.bucket,
    region: oss.region,
    endpoint: oss.url,
    credentials: ACCESS_KEY,
  })
  for (const [at, { name, bytes }] of FILES.entries()) {
    const row = saved[at]
    check(
      row?.user === 'alice' && row.name === name && row.size === bytes.length,
      `The database says of ${name}: ${JSON.stringify(row)}`,
    )
    const response = await fetch(await client.signedUrl(row?.key ?? '', { expiresIn: 60 }))
    const stored = Buffer.from(await response.arrayBuffer())
    check(stored.equals(bytes), `OSS has other bytes of ${name}.`)
  }
}

/** Nobody is signed in: the page shows what the service said. */
async function playStranger(url: string, { browser, folder }: Place): Promise<void> {
  const context = await browser.newContext()
  try {
    const page = await openPage(context, url, [])
    const text = await uploadIn(page, join(folder, FILES[0].name))
    check(/signed in/.test(text), `The page of a stranger says: ${text}`)
  } finally {
    await context.close()
  }
}

/** @throws {Error} with what is wrong, and the end of what the application printed */
export async function playApp(app: App, place: Place): Promise<void> {
  const database = createDatabase(place.folder)
  const port = await findFreePort()
  const url = `http://127.0.0.1:${port}`
  const [command, ...args] = app.start
  const program = await startProgram(
    {
      command: command === 'node' ? process.execPath : join(place.folder, command),
      args,
      cwd: place.folder,
      env: {
        ...buildToolEnv(place.folder),
        HOST: '127.0.0.1',
        PORT: String(port),
        ORIGIN: url,
        DATABASE: database,
        OSS_BUCKET: place.oss.bucket,
        OSS_REGION: place.oss.region,
        OSS_ENDPOINT: place.oss.url,
        OSS_ACCESS_KEY_ID: ACCESS_KEY.accessKeyId,
        OSS_ACCESS_KEY_SECRET: ACCESS_KEY.accessKeySecret,
        UPCALL_SECRET,
        UPCALL_PUBLIC_URL: url + MOUNT,
        UPCALL_CALLBACK_KEYS: JSON.stringify({ [CALLBACK_KEY.url]: CALLBACK_KEY.publicKey }),
      },
    },
    url,
  )
  place.oss.emulator.log.clear()
  try {
    await playSignedIn(app, url, place)
    await checkSaved(database, place)
    await playStranger(url, place)
  } catch (cause) {
    const text = cause instanceof Error ? cause.message : String(cause)
    throw new Error(`${text}\n${program.readLog()}`, { cause })
  } finally {
    await program.stop()
  }
}
