/** CRC-64 against the SHA-256 of the same bytes by Web Crypto, on Node and in Chromium. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { chromium } from 'playwright'
import { CHROMIUM_ARGS, findChromium } from '../support/chromium.ts'
import { measureCrc64, type Seconds } from './crc64-page.ts'
import { median } from './measure.ts'
import type { Results, Row } from './report.ts'

const BYTES = 64 * 1024 * 1024
const ROUNDS = 7

async function measureInChromium(): Promise<Seconds> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('./crc64-page.ts', import.meta.url))],
    bundle: true,
    minify: true,
    write: false,
    format: 'iife',
    globalName: 'Bench',
  })
  // Web Crypto needs a secure context; loopback is one.
  const server = createServer((_, response) =>
    response.setHeader('content-type', 'text/html').end('<p>'),
  )
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const browser = await chromium.launch({
    executablePath: await findChromium(),
    args: CHROMIUM_ARGS,
  })
  try {
    const page = await browser.newPage()
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
    await page.addScriptTag({ content: outputFiles[0]?.text ?? '' })
    return (await page.evaluate(`Bench.measureCrc64(${BYTES}, ${ROUNDS})`)) as Seconds
  } finally {
    await browser.close()
    server.close()
  }
}

function buildRows(where: string, seconds: Seconds): Row[] {
  const print = (some: number[]) => `${(BYTES / 1e9 / median(some)).toFixed(2)} GB/s`
  const row = (how: string, name: 'wasm' | 'whole', least?: number): Row => ({
    what: `CRC-64 of 64 MiB, ${how}, ${where}`,
    against: '`crypto.subtle.digest("SHA-256")` of the same bytes',
    ours: print(seconds[name]),
    theirs: print(seconds.sha256),
    ratio: median(seconds[name].map((one, at) => (seconds.sha256[at] ?? Number.NaN) / one)),
    unit: '× as fast',
    ...(least !== undefined && { goal: { least } }),
  })
  return [row('`createCrc64`', 'whole', 2), row('the WebAssembly alone', 'wasm')]
}

export async function bench(): Promise<Results> {
  const onNode = buildRows('Node', await measureCrc64(BYTES, ROUNDS))
  return {
    rows: [...onNode, ...buildRows('Chromium', await measureInChromium())],
    extras: [],
    profiles: [],
  }
}
