/**
 * A large file from a real page through a bad network: each condition must end with the same bytes on OSS.
 */
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createWriteStream, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, chromium, type Page } from 'playwright'
import { bundleClient } from '../../src/dev/build-client.ts'
import {
  type BackendStats,
  type BackendUrls,
  createBrowserBackend,
} from '../support/browser-backend.ts'
import { CHROMIUM_ARGS, findChromium } from '../support/chromium.ts'
import type { ProxyRules } from '../support/proxy.ts'

export interface Scale {
  sizeBytes: number
  partBytes: number
  bytesPerSecond: number
  stallTimeoutMs: number
  blackHoleMs: number
  offlineMs: number
}

export const FULL: Scale = {
  sizeBytes: 256 * 2 ** 20,
  partBytes: 2 * 2 ** 20,
  bytesPerSecond: 48 * 2 ** 20,
  stallTimeoutMs: 20_000,
  blackHoleMs: 30_000,
  offlineMs: 20_000,
}

export const SHORT: Scale = {
  sizeBytes: 6 * 2 ** 20 + 11,
  partBytes: 128 * 2 ** 10,
  bytesPerSecond: 6 * 2 ** 20,
  stallTimeoutMs: 1000,
  blackHoleMs: 2000,
  offlineMs: 1500,
}

export interface Outcome {
  /** SHA-256 of the object is that of the file. */
  isSame: boolean
  via: string
  receipts: number
  /** Bytes from the page to OSS ÷ bytes of the file. */
  ratio: number
  seconds: number
  calls: string[]
  retries: number
}

interface PageState {
  state: string
  percentage: number
  retries: number
  result?: { key: string; via: string }
  error?: string
}

const PAGE = `<!doctype html><meta charset="utf-8"><title>chaos</title><input type="file" id="file">
<script type="module">
import { createUploader } from '/client.mjs'
const seen = (window.seen = { state: 'idle', percentage: 0, retries: 0 })
window.start = (options) => {
  const uploader = createUploader({
    ...options,
    headers: async () => ({
      authorization: 'Bearer ' + await (await fetch(options.control + '/token', { method: 'POST' })).json(),
    }),
    onProgress: ({ percentage }) => { seen.percentage = percentage },
    onStateChange: (state) => { seen.state = state },
    onRetry: () => { seen.retries += 1 },
  })
  uploader.upload(document.querySelector('#file').files[0]).then(
    ({ key, via }) => { seen.result = { key, via } },
    (error) => { seen.error = String(error) },
  )
}
</script>`

const readState = (page: Page): Promise<PageState> =>
  page.evaluate(() => (window as unknown as { seen: PageState }).seen)

/** What can be done to an upload. */
export interface Attack {
  page: Page
  scale: Scale
  ask<T>(verb: string, body?: object): Promise<T>
  setRules(rules: ProxyRules): Promise<unknown>
  /** Resolves at that share of the file, or when the state is reached. */
  until(percentage: number): Promise<void>
  /** Loads the page anew and chooses the same file again. */
  reload(): Promise<void>
}

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

export const CONDITIONS: Record<string, (attack: Attack) => Promise<unknown>> = {
  'a good line': async () => {},
  '5 % of requests cut half-way': ({ setRules }) => setRules({ cutShare: 0.05 }),
  'a black hole': async ({ setRules, until, scale }) => {
    await until(40)
    await setRules({ blackHole: true })
    await sleep(scale.blackHoleMs)
    await setRules({})
  },
  'all URLs expired in the middle': async ({ ask, until }) => {
    await until(30)
    await ask('advance', { seconds: 1000 })
  },
  'offline for a while': async ({ page, until, scale }) => {
    await until(40)
    await page.context().setOffline(true)
    await sleep(scale.offlineMs)
    await page.context().setOffline(false)
  },
  'reloaded at 40 %': async ({ until, reload }) => {
    await until(40)
    await reload()
  },
  'reloaded at 99 %': async ({ until, reload, setRules }) => {
    await until(90)
    // Slow enough to catch it between the last part and the response.
    await setRules({ latencyMs: 400 })
    await until(98.9)
    await reload()
  },
  'service restarted': async ({ ask, until }) => {
    await until(40)
    await ask('restart', { bucket: 'open-bucket', downMs: 1500 })
  },
  'a 203 after a lost callback, and a handler that fails twice': async ({ ask }) => {
    await ask('loseCallbacks', { times: 1 })
    await ask('failHandler', { times: 2 })
  },
  '503 now and then': ({ setRules }) => setRules({ unavailableNext: 6 }),
  'responses lost after the server gave them': ({ setRules }) =>
    setRules({ loseResponses: { match: 'uploadId=', times: 12 } }),
  'the response of Complete lost': ({ setRules }) =>
    setRules({ loseResponses: { match: 'callback-var=', times: 2 } }),
  'bytes changed on their way': ({ setRules }) => setRules({ corruptNext: 2 }),
}

export interface Chaos {
  run(condition: string, scale: Scale): Promise<Outcome>
  close(): Promise<void>
}

/** Serves a page, and beside it the built client. */
/** @param scripts further files by path */
export async function createPageServer(
  page: string,
  scripts: Record<string, string> = {},
): Promise<{ url: string; close(): void }> {
  const files = new Map([['/', { code: page, type: 'text/html' }]])
  for (const path in scripts) {
    files.set(path, { code: scripts[path] ?? '', type: 'text/javascript' })
  }
  for (const { name, hashedName, code } of await bundleClient()) {
    for (const path of [name, hashedName]) files.set(`/${path}`, { code, type: 'text/javascript' })
  }
  const server = createServer((incoming, outgoing) => {
    const file = files.get(incoming.url ?? '')
    outgoing.writeHead(file ? 200 : 404, { 'content-type': file?.type ?? 'text/plain' })
    outgoing.end(file?.code)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}

/** Random bytes on disk: real files are read differently from blobs in memory. */
export async function createDiskFile(path: string, sizeBytes: number): Promise<string> {
  const hash = createHash('sha256')
  const stream = createWriteStream(path)
  for (let left = sizeBytes; left > 0; left -= 2 ** 20) {
    const block = randomBytes(Math.min(left, 2 ** 20))
    hash.update(block)
    if (!stream.write(block)) await once(stream, 'drain')
  }
  stream.end()
  await once(stream, 'finish')
  return hash.digest('hex')
}

export async function createChaos(): Promise<Chaos> {
  const backend = await createBrowserBackend()
  const pages = await createPageServer(PAGE)
  const folder = mkdtempSync(join(tmpdir(), 'chaos-'))
  const browser: Browser = await chromium.launch({
    executablePath: await findChromium(),
    args: CHROMIUM_ARGS,
  })
  const sums = new Map<number, { path: string; sha256: string }>()

  async function ask<T>(verb: string, body: object = {}): Promise<T> {
    const response = await fetch(`${backend.control}/${verb}`, {
      method: 'POST',
      body: JSON.stringify(body),
    })
    if (!response.ok) throw new Error(`${verb}: ${response.status} ${await response.text()}`)
    return response.json() as Promise<T>
  }

  async function run(condition: string, scale: Scale): Promise<Outcome> {
    const attack = CONDITIONS[condition]
    if (!attack) throw new Error(`No condition ${condition}.`)
    let file = sums.get(scale.sizeBytes)
    if (!file) {
      const path = join(folder, `file-${scale.sizeBytes}.bin`)
      file = { path, sha256: await createDiskFile(path, scale.sizeBytes) }
      sums.set(scale.sizeBytes, file)
    }
    const { path, sha256 } = file
    await ask('reset')
    const { bytesPerSecond, partBytes, stallTimeoutMs } = scale
    const line = { bytesPerSecond }
    await ask('rules', line)
    const context = await browser.newContext()
    const page = await context.newPage()

    async function start(): Promise<void> {
      await page.goto(pages.url)
      await page.setInputFiles('#file', path)
      const urls = await ask<BackendUrls['services']>('urls')
      const options = {
        endpoint: urls['open-bucket'],
        profile: 'any',
        control: backend.control,
        method: 'multipart',
        partSize: partBytes,
        stallTimeoutMs,
      }
      await page.evaluate((given) => {
        ;(window as unknown as { start(options: object): void }).start(given)
      }, options)
    }

    async function until(percentage: number): Promise<void> {
      for (;;) {
        const seen = await readState(page)
        if (seen.error) throw new Error(seen.error)
        if (seen.percentage >= percentage) return
        await sleep(10)
      }
    }

    const startedAt = performance.now()
    await start()
    await attack({
      page,
      scale,
      ask,
      until,
      setRules: (rules) => ask('rules', { ...line, ...rules }),
      reload: start,
    })
    for (;;) {
      const { result, error, retries } = await readState(page)
      if (error) throw new Error(`${condition}: ${error}`)
      if (result) {
        const seconds = (performance.now() - startedAt) / 1000
        const stats = await ask<BackendStats>('stats')
        const stored = await ask<{ sha256: string }>('digest', {
          bucket: 'open-bucket',
          key: result.key,
        })
        await context.close()
        return {
          isSame: stored.sha256 === sha256,
          via: result.via,
          receipts: stats.receipts,
          ratio: stats.oss.bytesIn / scale.sizeBytes,
          seconds,
          calls: stats.calls,
          retries,
        }
      }
      await sleep(50)
    }
  }

  return {
    run,
    async close() {
      await browser.close()
      pages.close()
      await backend.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
