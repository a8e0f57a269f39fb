/** `docs/examples/start/server.mjs`, which docs/start.md shows: started as a reader would, with a picture chosen in Chromium. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { chromium } from 'playwright'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { CHROMIUM_ARGS, findChromium } from '../support/chromium.ts'
import { listCodeBlocks } from '../support/markdown.ts'

const PROGRAM = 'docs/examples/start/server.mjs'
const START_MS = 30_000
/** In gzip: all that a page with the client loads of ours before a file is chosen. */
const FIRST_LOAD_BYTES = 8000
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)

let child: ChildProcess
let origin = ''
let output = ''

beforeAll(async () => {
  const env = { ...process.env, PORT: '3917' }
  child = spawn(process.execPath, [PROGRAM], { env, stdio: ['ignore', 'pipe', 'inherit'] })
  origin = await new Promise<string>((resolve, reject) => {
    child.stdout?.on('data', (data: Buffer) => {
      output += data
      const found = /Open (\S+)/.exec(output)?.[1]
      if (found) resolve(found)
    })
    child.once('exit', (code) => reject(new Error(`${PROGRAM} ended with ${code}.\n${output}`)))
  })
}, START_MS)

afterAll(async () => {
  if (child.exitCode !== null) return
  child.kill()
  await once(child, 'exit')
})

it('is what the page shows', () => {
  const shown = listCodeBlocks('docs/start.md').filter(({ language }) => language === 'js')
  expect(shown[0]?.code).toBe(readFileSync(PROGRAM, 'utf8'))
})

it('uploads a picture and shows what the server said', { timeout: START_MS }, async () => {
  const browser = await chromium.launch({
    executablePath: await findChromium(),
    args: CHROMIUM_ARGS,
  })
  try {
    const page = await browser.newPage()
    const loaded: Promise<Buffer>[] = []
    page.on('response', (response) => {
      if (response.url().endsWith('.js')) loaded.push(response.body())
    })
    await page.goto(origin)
    // The first load: one script of ours.
    const sizes = (await Promise.all(loaded)).map((body) => gzipSync(body).length)
    expect(sizes).toHaveLength(1)
    expect(sizes[0]).toBeLessThanOrEqual(FIRST_LOAD_BYTES)
    const file = { name: '夏天.png', mimeType: 'image/png', buffer: PNG }
    await page.locator('input').setInputFiles(file)
    await expect
      .poll(() => page.locator('output').textContent())
      .toMatch(/^Saved as photos\/user-1\/[\w-]{22}\.png$/)
    expect(output).toContain(`user-1 stored photos/user-1/`)
    expect(output).toContain(`${PNG.length} bytes`)
  } finally {
    await browser.close()
  }
})
