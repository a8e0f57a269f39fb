/** Firefox, driven by Puppeteer over WebDriver BiDi. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import puppeteer, { type KeyInput } from 'puppeteer-core'
import { type Engine, type EnginePage, WINDOW, writeCall } from './engine.ts'
import { findPrograms } from './install.ts'
import { appointHeir } from './processes.ts'

const START_MS = 60_000

/** @param acceptInsecureCerts certificates that nobody vouches for are taken */
export async function launchFirefox(acceptInsecureCerts = false): Promise<Engine> {
  const { firefox } = findPrograms('firefox')
  const profile = await mkdtemp(join(tmpdir(), 'upcall-firefox-'))
  const browser = await puppeteer.launch({
    browser: 'firefox',
    executablePath: firefox,
    userDataDir: profile,
    headless: true,
    acceptInsecureCerts,
    // Told of each request, Firefox reads whole bodies into memory first and stands still meanwhile: 4 × 145 MiB took
    // 9.6 s and 3 GB so, and 1.3 s and nothing without.
    networkEnabled: false,
    // What is downloaded goes when the profile goes.
    extraPrefsFirefox: { 'browser.download.folderList': 2, 'browser.download.dir': profile },
    timeout: START_MS,
    // One command may be a whole upload.
    protocolTimeout: 2 * START_MS,
  })

  const process = browser.process()
  const dismissHeir = process ? appointHeir(process, profile) : () => {}

  async function openPage(): Promise<EnginePage> {
    const page = await browser.newPage()
    await page.setViewport(WINDOW)
    const faults: string[] = []
    page.on('pageerror', (error) => faults.push(String(error)))
    page.on('console', (message) => {
      if (message.type() === 'error') faults.push(message.text())
    })
    return {
      async goto(url) {
        await page.goto(url, { timeout: START_MS })
      },
      async setFiles(selector, paths) {
        const input = await page.$(selector)
        if (!input) throw new Error(`The page has no ${selector}.`)
        await (await input.toElement('input')).uploadFile(...paths)
      },
      click: (selector) => page.click(selector),
      keyDown: (key) => page.keyboard.down(key as KeyInput),
      keyUp: (key) => page.keyboard.up(key as KeyInput),
      evaluate: async (run, ...args) => page.evaluate(writeCall(run, args)) as Promise<never>,
      resize: (width, height) => page.setViewport({ width, height }),
      async screenshot(path) {
        await page.screenshot({ path: path as `${string}.png` })
      },
      readFaults: async () => [...faults],
      close: () => page.close(),
    }
  }

  return {
    openPage,
    async close() {
      await browser.close()
      dismissHeir()
      await rm(profile, { recursive: true, force: true })
    },
  }
}
