/**
 * Files on disk that are changed, removed or truncated after they were chosen, and folders: real files, a real
 * Chromium, the built client. Each must end as FILE_UNREADABLE at once, or be stored as it was. Every fault and every way
 * of uploading; each with each when `FILE_CASES` is `all`, as `npm run chaos` sets it. Over 200 lines: page, faults and
 * ways are of these tests alone.
 */
import { mkdir, mkdtemp, rm, stat, truncate, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, chromium, type Page } from 'playwright'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type BackendUrls, createBrowserBackend } from '../support/browser-backend.ts'
import { CHROMIUM_ARGS, findChromium } from '../support/chromium.ts'
import { makeBytes } from '../support/files.ts'
import { createPageServer } from './conditions.ts'

const START_MS = 60_000
const MIB = 2 ** 20
/** Small enough for a form without a preflight. */
const SMALL_BYTES = 40_000
/** At once: no attempt is repeated, no stall is waited for. */
const AT_ONCE_MS = 4000

const PAGE = `<!doctype html><meta charset="utf-8"><title>files</title><input type="file" id="file">
<script type="module">
import { upload } from '/client.mjs'
import { upload as uploadForm } from '/form.mjs'
addEventListener('dragover', (event) => event.preventDefault())
addEventListener('drop', (event) => {
  event.preventDefault()
  window.dropped = event.dataTransfer.files[0]
})
window.start = async ({ isFormOnly, ...options }) => {
  const file = window.dropped ?? document.querySelector('#file').files[0]
  const startedAt = performance.now()
  const retries = []
  try {
    const result = await (isFormOnly ? uploadForm : upload)(file, {
      ...options,
      storage: null,
      headers: async () => {
        await window.onSign()
        const token = await (await fetch(options.control + '/token', { method: 'POST' })).json()
        return { authorization: 'Bearer ' + token }
      },
      onProgress: ({ percentage }) => { if (percentage > 20) window.onSending() },
      onRetry: ({ code }) => retries.push(code),
    })
    return { result, retries }
  } catch ({ code, message, status }) {
    return { code, message, status, retries, tookMs: performance.now() - startedAt }
  }
}
</script>`

interface Outcome {
  code?: string
  tookMs?: number
  retries: string[]
  result?: { key: string; crc64?: string }
}

let backend: Awaited<ReturnType<typeof createBrowserBackend>>
let pages: Awaited<ReturnType<typeof createPageServer>>
let browser: Browser
let folder: string
let page: Page
let path: string
/** What happens in the middle of an upload, if anything. */
let onSign: () => unknown
let onSending: () => unknown

async function ask<T>(verb: string, body: object = {}): Promise<T> {
  const response = await fetch(`${backend.control}/${verb}`, {
    method: 'POST',
    body: JSON.stringify(body),
  })
  return response.json() as Promise<T>
}

beforeAll(async () => {
  backend = await createBrowserBackend()
  pages = await createPageServer(PAGE)
  folder = await mkdtemp(join(tmpdir(), 'upcall-files-'))
  browser = await chromium.launch({ executablePath: await findChromium(), args: CHROMIUM_ARGS })
  // One for all, loaded anew for each test: opening a page costs more than the test.
  page = await browser.newPage()
  await page.exposeFunction('onSign', () => onSign())
  await page.exposeFunction('onSending', () => onSending())
}, START_MS)

afterAll(async () => {
  await browser?.close()
  pages?.close()
  await backend?.close()
  await rm(folder, { recursive: true, force: true })
}, START_MS)

beforeEach(async () => {
  onSign = () => {}
  onSending = () => {}
  await ask('reset')
  await page.goto(pages.url)
  path = join(folder, `${crypto.randomUUID()} 文件.bin`)
})

const FAULTS: Record<string, () => Promise<unknown>> = {
  removed: () => rm(path),
  // The same length: only the time of the change tells.
  changed: () => writeFile(path, makeBytes(3 * MIB, 8)),
  'made shorter': () => truncate(path, MIB),
  emptied: () => truncate(path, 0),
}

const WAYS = {
  'a form': { method: 'form' },
  'a form without checksum': { method: 'form', checksum: false },
  'the form-only client': { isFormOnly: true },
  'a PUT': { method: 'put' },
  'a PUT without checksum': { method: 'put', checksum: false },
  parts: { method: 'multipart', partSize: MIB },
  'parts without checksum': { method: 'multipart', partSize: MIB, checksum: false },
}

/** Each way with as many faults, which take turns: with 2 each fault meets half of the ways. */
function listCases(faultsOfWay: number) {
  const faults = Object.keys(FAULTS)
  const count = process.env.FILE_CASES === 'all' ? faults.length : faultsOfWay
  return Object.entries(WAYS).flatMap(([way, options], at) =>
    Array.from({ length: count }, (_, turn) => {
      const fault = faults[(at + turn * (faults.length / count)) % faults.length] ?? ''
      return [fault, way, options] as const
    }),
  )
}

/** Written an hour ago, on the second: of a whole file in a form Chromium compares whole seconds. */
async function choose(bytes = 3 * MIB): Promise<void> {
  await writeFile(path, makeBytes(bytes, 7))
  const then = new Date(Math.floor(Date.now() / 1000 - 3600) * 1000)
  await utimes(path, then, then)
  await page.setInputFiles('#file', path)
  // Chromium notes size and time of a file when a script first asks for them.
  await page.evaluate(() => document.querySelector<HTMLInputElement>('#file')?.files?.[0]?.size)
}

async function start(options: object): Promise<Outcome> {
  const urls = await ask<BackendUrls['services']>('urls')
  const all = {
    endpoint: urls['open-bucket'],
    profile: 'any',
    control: backend.control,
    ...options,
  }
  return page.evaluate(
    (given) => (window as unknown as { start(options: object): Promise<Outcome> }).start(given),
    all,
  )
}

function expectUnreadable({ code, tookMs, retries }: Outcome): void {
  expect({ code, retries }).toEqual({ code: 'FILE_UNREADABLE', retries: [] })
  expect(tookMs).toBeLessThan(AT_ONCE_MS)
}

async function countStored(): Promise<number> {
  const { operations } = await ask<{ operations: string[] }>('stats')
  return operations.filter((name) => /^(PutObject|PostObject|CompleteMultipartUpload)$/.test(name))
    .length
}

describe('a file that is', { timeout: START_MS }, () => {
  // Before the bytes are sent all ways do the same.
  it.each(listCases(1))('%s before upload(): %s', async (fault, _, options) => {
    await choose()
    await FAULTS[fault]?.()
    expectUnreadable(await start(options))
    expect(await countStored()).toBe(0)
  })

  it.each(listCases(1))('%s while the ticket is asked for: %s', async (fault, _, options) => {
    await choose()
    onSign = FAULTS[fault] ?? onSign
    expectUnreadable(await start(options))
  })

  // A small file with a checksum is sent whole, and Chromium sends the changed bytes: the service refuses their checksum,
  // and the next attempt cannot read the file.
  it.each(Object.entries(WAYS))(
    'small, and changed within the same second while the ticket is asked for: %s',
    async (_, options) => {
      await choose(SMALL_BYTES)
      onSign = async () => {
        onSign = () => {}
        const { mtimeMs } = await stat(path)
        await writeFile(path, makeBytes(SMALL_BYTES, 8))
        await utimes(path, mtimeMs / 1000 + 0.4, mtimeMs / 1000 + 0.4)
      }
      const { code, result } = await start(options)
      expect({ code, result }).toEqual({ code: 'FILE_UNREADABLE' })
    },
  )

  it.each(listCases(2))('%s while its bytes are sent: %s', async (fault, _, options) => {
    await choose()
    await ask('rules', { bytesPerSecond: 8 * MIB })
    onSending = async () => {
      onSending = () => {}
      await FAULTS[fault]?.()
    }
    const outcome = await start(options)
    // What the browser had read before may still arrive whole.
    if (outcome.result) {
      const digest = await ask<{ size: number }>('digest', {
        bucket: 'open-bucket',
        key: outcome.result.key,
      })
      expect(digest.size).toBe(3 * MIB)
    } else {
      // A read that began before the change may bring bytes of both; OSS's checksum tells them, and the next read the change.
      const retries = outcome.retries.filter((code) => code !== 'CHECKSUM_MISMATCH')
      expectUnreadable({ ...outcome, retries })
    }
  })
})

describe.each(Object.entries(WAYS))('by %s', { timeout: START_MS }, (_, options) => {
  it('a removed file that was empty is not stored as an empty object', async () => {
    await writeFile(path, '')
    await page.setInputFiles('#file', path)
    await rm(path)
    expectUnreadable(await start(options))
    expect(await countStored()).toBe(0)
  })

  it('a folder is not stored as an object', async () => {
    await mkdir(path)
    await writeFile(join(path, 'inside.txt'), 'inside')
    const session = await page.context().newCDPSession(page)
    const data = { items: [], files: [path], dragOperationsMask: 1 }
    for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
      await session.send('Input.dispatchDragEvent', { type, x: 50, y: 50, data })
    }
    await page.waitForFunction('window.dropped')
    expectUnreadable(await start(options))
    expect(await countStored()).toBe(0)
  })
})
