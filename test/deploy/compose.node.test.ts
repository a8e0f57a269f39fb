/**
 * compose.yaml without Docker: the commands of its services as processes, with its environment and other ports, the outbox on
 * SQLite instead of Redis. A file goes from the application's page to the local OSS, and the application is told of it.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium } from 'playwright'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { parse } from 'yaml'
import { findPort } from '../../src/dev/find-port.ts'
import { type Program, startProgram } from '../runtimes/programs.ts'
import { CHROMIUM_ARGS, findChromium } from '../support/chromium.ts'

const START_MS = 60_000

const folder = mkdtempSync(join(tmpdir(), 'upcall-compose-'))
const programs: Program[] = []
const ports: [from: string, to: number][] = []

/** With the ports of this run, on loopback, and with a folder of its own for data. */
function place(text: string): string {
  return ports
    .reduce((changed, [from, to]) => changed.replaceAll(from, String(to)), text)
    .replaceAll('0.0.0.0', '127.0.0.1')
    .replace('=/data/', `=${folder}/`)
}

interface Service {
  command: string[]
  environment?: Record<string, string>
}

/** @param url as compose.yaml has it: where it responds */
async function start({ command, environment = {} }: Service, url: string): Promise<void> {
  const [, ...args] = command.map(place)
  const entries = Object.entries(environment).map(([name, value]) => [name, place(value)])
  const env = Object.fromEntries(entries)
  programs.push(
    await startProgram({ command: process.execPath, args, cwd: process.cwd(), env }, place(url), {
      timeoutMs: START_MS,
    }),
  )
}

beforeAll(async () => {
  const { services } = parse(readFileSync('compose.yaml', 'utf8'))
  for (const from of ['8787', '9000', '3000']) ports.push([from, await findPort()])
  const { UPCALL_REDIS_URL: _, ...environment } = services.upcall.environment
  const own = { UPCALL_DATA: join(folder, 'outbox'), HOST: '127.0.0.1', PORT: '8787' }
  await Promise.all([
    start(services.oss, 'http://127.0.0.1:9000/'),
    start(
      { ...services.upcall, environment: { ...environment, ...own } },
      'http://127.0.0.1:8787/healthz',
    ),
    start(services.application, 'http://127.0.0.1:3000/'),
  ])
}, START_MS)

afterAll(async () => {
  for (const { stop } of programs) await stop()
  rmSync(folder, { recursive: true, force: true })
})

it('shows the whole: page, local OSS, service, application', { timeout: START_MS }, async () => {
  const browser = await chromium.launch({
    executablePath: await findChromium(),
    args: CHROMIUM_ARGS,
  })
  try {
    const page = await browser.newPage()
    await page.goto(place('http://127.0.0.1:3000/'))
    const file = { name: '夏天 <b>.bin', mimeType: '', buffer: Buffer.alloc(300_000, 7) }
    await page.locator('input').setInputFiles(file)
    await expect
      .poll(() => page.locator('p').textContent(), { timeout: 20_000 })
      .toMatch(/^The application responded: {"file":"\/files\/[\w-]{22}"}$/)
    await expect
      .poll(() => page.locator('li').allTextContents())
      .toEqual(['夏天 <b>.bin, 300000 bytes'])
  } finally {
    await browser.close()
  }
})

it('refuses an event that the service did not sign', async () => {
  const url = place('http://127.0.0.1:3000/webhooks/uploads')
  const response = await fetch(url, { method: 'POST', body: '{"id":"x"}' })
  expect(response.status).toBeGreaterThanOrEqual(400)
  expect(response.status).toBeLessThan(500)
})
