/** The dev server, and pages of a test's own on its origin: service and local OSS are real, the page is whatever the test says. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { type BuildOptions, build } from 'esbuild'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright'
import { CHROMIUM_ARGS, findChromium } from './chromium.ts'

const START_MS = 60_000

export interface DevPages {
  origin: string
  browser: Browser
  /**
   * Opens `/own/` with this HTML.
   *
   * @param files by path; everything else comes from the dev server
   * @param faults gets every message that a healthy page does not write
   */
  open(
    html: string,
    files?: Record<string, string>,
    options?: { context?: BrowserContextOptions; policy?: string; faults?: string[] },
  ): Promise<Page>
  close(): Promise<void>
}

function findOrigin(child: ChildProcess): Promise<string> {
  let text = ''
  return new Promise((resolve, reject) => {
    child.stdout?.on('data', (data: Buffer) => {
      text += data
      const origin = /Demo page\s+(\S+?)\/\s/.exec(text)?.[1]
      if (origin && text.includes('Ctrl-C')) resolve(origin)
    })
    child.stderr?.on('data', (data: Buffer) => {
      text += data
    })
    child.once('exit', () => reject(new Error(`The dev server ended:\n${text}`)))
    setTimeout(() => reject(new Error(`The dev server is not ready:\n${text}`)), START_MS).unref()
  })
}

export async function createDevPages(): Promise<DevPages> {
  const child = spawn(process.execPath, ['src/dev/server.ts'], {
    env: { ...process.env, PORT: '0', OSS_PORT: '0' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const origin = await findOrigin(child)
  const browser = await chromium.launch({
    executablePath: await findChromium(),
    // A page whose response the test makes comes from no network: Chromium would keep it from loopback.
    args: [...CHROMIUM_ARGS, '--disable-features=LocalNetworkAccessChecks'],
  })
  return {
    ...{ origin, browser },
    async open(html, files = {}, { context, policy, faults = [] } = {}) {
      const page = await browser.newPage(context)
      page.on('pageerror', (error) => faults.push(error.message))
      page.on('console', (message) => {
        if (/error|warning/.test(message.type())) faults.push(message.text())
      })
      for (const [path, body] of Object.entries({ '/own/': html, ...files })) {
        const kind = path.endsWith('.css') ? 'css' : path.endsWith('/') ? 'html' : 'javascript'
        const headers: Record<string, string> = { 'content-type': `text/${kind}; charset=utf-8` }
        if (policy) headers['content-security-policy'] = policy
        await page.route(origin + path, (route) => route.fulfill({ body, headers }))
      }
      await page.goto(`${origin}/own/`)
      return page
    },
    async close() {
      await browser.close()
      child.kill('SIGTERM')
      if (child.exitCode === null) await once(child, 'exit')
    },
  }
}

/** One script from an entry file, or from source text given as `stdin`. */
export async function bundleScript(options: BuildOptions): Promise<string> {
  const { outputFiles } = await build({
    ...{ bundle: true, format: 'esm', target: 'es2022', write: false, logLevel: 'error' },
    ...options,
  })
  return outputFiles?.[0]?.text ?? ''
}

export const PAGE_HEAD =
  '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,"><title>Page</title>'
