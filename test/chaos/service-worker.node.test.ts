/**
 * A page whose service worker passes every request on (`respondWith(fetch(event.request))`): the page sees no upload
 * progress. The built client in a real Chromium, on a line slower than its stall limit.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, chromium } from 'playwright'
import { afterAll, beforeAll, expect, it } from 'vitest'
import {
  type BackendStats,
  type BackendUrls,
  createBrowserBackend,
} from '../support/browser-backend.ts'
import { CHROMIUM_ARGS, findChromium } from '../support/chromium.ts'
import { createDiskFile, createPageServer } from './conditions.ts'

const START_MS = 60_000
const MIB = 2 ** 20
const SIZE = 6 * MIB

const WORKER = `addEventListener('install', () => skipWaiting())
addEventListener('activate', (event) => event.waitUntil(clients.claim()))
addEventListener('fetch', (event) => event.respondWith(fetch(event.request)))`

const PAGE = `<!doctype html><meta charset="utf-8"><title>worker</title><input type="file" id="file">
<script type="module">
import { upload } from '/client.mjs'
window.start = async ({ control, ...options }) => {
  await navigator.serviceWorker.register('/worker.js')
  if (!navigator.serviceWorker.controller) {
    await new Promise((resolve) => navigator.serviceWorker.addEventListener('controllerchange', resolve))
  }
  const token = await (await fetch(control + '/token', { method: 'POST' })).json()
  const retries = []
  const result = await upload(document.querySelector('#file').files[0], {
    ...options,
    storage: null,
    headers: { authorization: 'Bearer ' + token },
    onProgress: () => {},
    onRetry: ({ code }) => retries.push(code),
  })
  return { key: result.key, retries }
}
</script>`

let backend: Awaited<ReturnType<typeof createBrowserBackend>>
let pages: Awaited<ReturnType<typeof createPageServer>>
let browser: Browser
let folder: string

async function ask<T>(verb: string, body: object = {}): Promise<T> {
  const response = await fetch(`${backend.control}/${verb}`, {
    method: 'POST',
    body: JSON.stringify(body),
  })
  return response.json() as Promise<T>
}

beforeAll(async () => {
  backend = await createBrowserBackend()
  pages = await createPageServer(PAGE, { '/worker.js': WORKER })
  folder = await mkdtemp(join(tmpdir(), 'upcall-worker-'))
  browser = await chromium.launch({ executablePath: await findChromium(), args: CHROMIUM_ARGS })
}, START_MS)

afterAll(async () => {
  await browser?.close()
  pages?.close()
  await backend?.close()
  await rm(folder, { recursive: true, force: true })
}, START_MS)

it.each(['form', 'put', 'multipart'])(
  'a service worker that hides progress: nothing is sent twice by %s',
  async (method) => {
    const path = join(folder, `${method}.bin`)
    const sha256 = await createDiskFile(path, SIZE)
    const page = await (await browser.newContext()).newPage()
    await page.goto(pages.url)
    await page.setInputFiles('#file', path)
    const urls = await ask<BackendUrls['services']>('urls')
    await ask('reset')
    await ask('rules', { bytesPerSecond: 1.5 * MIB })
    const options = {
      ...{ endpoint: urls['open-bucket'], profile: 'any', control: backend.control },
      ...{ method, partSize: SIZE, stallTimeoutMs: 1000 },
    }
    const { key, retries } = await page.evaluate(
      (given) =>
        (
          window as unknown as { start(o: object): Promise<{ key: string; retries: string[] }> }
        ).start(given),
      options,
    )
    expect(retries).toEqual([])
    const { oss } = await ask<BackendStats>('stats')
    expect(oss.bytesIn / SIZE).toBeLessThan(1.05)
    expect(await ask('digest', { bucket: 'open-bucket', key })).toMatchObject({ sha256 })
    await page.context().close()
  },
  START_MS,
)
