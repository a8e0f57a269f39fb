/**
 * `node test/chaos/speed.ts [MiB] [rounds] [kinds]`: a large file over loopback in Chromium — a bare XMLHttpRequest loop with the same
 * parts and concurrency, the client without and with its checksum, and ali-oss's own multipart upload, in turns. Prints ratios
 * of medians.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium } from 'playwright'
import { type BackendUrls, createBrowserBackend } from '../support/browser-backend.ts'
import { CHROMIUM_ARGS, findChromium } from '../support/chromium.ts'
import { ACCESS_KEY } from '../support/keys.ts'
import { createDiskFile, createPageServer } from './conditions.ts'

const MIB = 2 ** 20
const sizeMib = Number(process.argv[2] ?? 1024)
const ROUNDS = Number(process.argv[3] ?? 3)

const PAGE = `<!doctype html><meta charset="utf-8"><title>speed</title><input type="file" id="file">
<script src="/ali-oss.js"></script>
<script type="module">
import { upload } from '/client.mjs'
let longest = 0
new PerformanceObserver((list) => {
  for (const { duration } of list.getEntries()) longest = Math.max(longest, duration)
}).observe({ type: 'longtask' })

const send = (method, url, headers, body) => new Promise((resolve, reject) => {
  const xhr = new XMLHttpRequest()
  xhr.open(method, url)
  for (const name in headers) xhr.setRequestHeader(name, headers[name])
  xhr.upload.onprogress = () => {}
  xhr.onload = () => xhr.status === 200 ? resolve() : reject(new Error(xhr.status))
  xhr.onerror = reject
  xhr.send(body)
})

async function bare(file, { endpoint, headers, partSize }) {
  const response = await fetch(endpoint + '/uploads', {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify({ profile: 'any', name: 'x', type: '', size: file.size, method: 'multipart', partSize }),
  })
  const ticket = await response.json()
  let next = 0
  const sendNext = async () => {
    while (next < ticket.parts.length) {
      const { partNumber, url } = ticket.parts[next++]
      await send('PUT', url, {}, file.slice((partNumber - 1) * ticket.partSize, partNumber * ticket.partSize))
    }
  }
  await Promise.all([sendNext(), sendNext(), sendNext(), sendNext()])
  await send('POST', ticket.complete.url, ticket.complete.headers)
}

async function aliOss(file, { partSize, aliOss: settings }) {
  const client = new OSS(settings)
  const { res } = await client.multipartUpload('ali/' + Math.random(), file, { partSize, parallel: 4, progress() {} })
  if (res.status !== 200) throw new Error(res.status)
}

const heap = () => performance.memory.usedJSHeapSize

window.measure = async (kind, options) => {
  const file = document.querySelector('#file').files[0]
  longest = 0
  const before = heap()
  let highest = before
  const watch = setInterval(() => { highest = Math.max(highest, heap()) }, 50)
  const start = performance.now()
  if (kind === 'bare') await bare(file, options)
  else if (kind === 'ali-oss') await aliOss(file, options)
  else {
    await upload(file, {
      ...options,
      profile: 'any',
      method: 'multipart',
      storage: null,
      checksum: kind === 'checked' ? 'crc64' : false,
      onProgress() {},
    })
  }
  const seconds = (performance.now() - start) / 1000
  clearInterval(watch)
  return { seconds, longest, grown: highest - before }
}
</script>`

interface Measured {
  seconds: number
  /** Longest task on the main thread, ms; those under 50 are not reported. */
  longest: number
  /** Bytes that the page's heap grew at most. */
  grown: number
}

const median = (numbers: number[]): number =>
  numbers.sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0

const backend = await createBrowserBackend(true)
const pages = await createPageServer(PAGE, {
  '/ali-oss.js': readFileSync('node_modules/ali-oss/dist/aliyun-oss-sdk.min.js', 'utf8'),
})
const folder = mkdtempSync(join(tmpdir(), 'speed-'))
const browser = await chromium.launch({
  executablePath: await findChromium(),
  args: [...CHROMIUM_ARGS, '--enable-precise-memory-info'],
})
const path = join(folder, 'file.bin')
await createDiskFile(path, sizeMib * MIB)
const page = await browser.newPage()
await page.goto(pages.url)
await page.setInputFiles('#file', path)

async function ask<T>(verb: string): Promise<T> {
  return (await fetch(`${backend.control}/${verb}`, { method: 'POST' })).json() as Promise<T>
}

const kinds = (process.argv[4] ?? 'bare,unchecked,checked,ali-oss').split(',')
const results = new Map<string, Measured[]>(kinds.map((kind) => [kind, []]))
const urls = await ask<BackendUrls['services']>('urls')
for (let round = 0; round < ROUNDS; round += 1) {
  for (const kind of kinds) {
    const options = {
      endpoint: urls['open-bucket'],
      headers: { authorization: `Bearer ${await ask<string>('token')}` },
      aliOss: {
        ...ACCESS_KEY,
        bucket: 'open-bucket',
        region: 'oss-cn-hangzhou',
        // By name: to an IP address a page cannot say which bucket it means.
        endpoint: (await ask<string>('ossUrl')).replace('127.0.0.1', 'localhost'),
        authorizationV4: true,
      },
      partSize: Math.max(8, Math.ceil(sizeMib / 100)) * MIB,
    }
    const measured = await page.evaluate(
      ([one, given]) =>
        (
          window as unknown as { measure(kind: string, options: object): Promise<Measured> }
        ).measure(one, given),
      [kind, options] as const,
    )
    results.get(kind)?.push(measured)
  }
}

const bareSeconds = median((results.get('bare') ?? []).map(({ seconds }) => seconds))
console.log(`| ${sizeMib} MiB | MiB/s | ÷ bare | longest task, ms | heap grown, MiB |`)
console.log('|---|---|---|---|---|')
for (const [kind, all] of results) {
  const seconds = median(all.map((one) => one.seconds))
  const longest = Math.max(...all.map((one) => one.longest))
  const grown = Math.max(...all.map((one) => one.grown)) / MIB
  console.log(
    `| ${kind} | ${(sizeMib / seconds).toFixed(0)} | ${(bareSeconds / seconds).toFixed(2)} | ${longest ? longest.toFixed(0) : '< 50'} | ${grown.toFixed(1)} |`,
  )
}
await browser.close()
pages.close()
await backend.close()
rmSync(folder, { recursive: true, force: true })
