/** Chromium, driven by Playwright. */
import { chromium, type Page } from 'playwright'
import { CHROMIUM_ARGS, findChromium } from '../support/chromium.ts'
import { type Engine, type EnginePage, WINDOW, writeCall } from './engine.ts'

export interface ChromiumPage extends EnginePage {
  /** For what only this engine's driver can ask, e.g. the accessibility tree. */
  page: Page
}

/**
 * @param args for the program, beside those of all tests
 * @param isOneWindow pages are tabs that share connections, cache and storage of their site. A window takes 3 s of processor time
 * in Chromium 156, most of it after it has opened; a tab takes 0.5 s.
 */
export async function launchChromium(
  args: string[] = [],
  isOneWindow = false,
): Promise<Engine<ChromiumPage>> {
  const browser = await chromium.launch({
    executablePath: await findChromium(),
    args: [...CHROMIUM_ARGS, ...args],
  })
  const shared = isOneWindow ? await browser.newContext({ viewport: WINDOW }) : undefined
  // The window stays open while no other page is.
  await shared?.newPage()

  async function openPage(): Promise<ChromiumPage> {
    const page = shared ? await shared.newPage() : await browser.newPage({ viewport: WINDOW })
    const faults: string[] = []
    page.on('pageerror', (error) => faults.push(error.message))
    page.on('console', (message) => {
      if (message.type() === 'error') faults.push(message.text())
    })
    return {
      page,
      async goto(url) {
        await page.goto(url)
      },
      setFiles: (selector, paths) => page.setInputFiles(selector, paths),
      click: (selector) => page.click(selector),
      keyDown: (key) => page.keyboard.down(key),
      keyUp: (key) => page.keyboard.up(key),
      evaluate: (run, ...args) => page.evaluate(writeCall(run, args)),
      resize: (width, height) => page.setViewportSize({ width, height }),
      async screenshot(path) {
        await page.screenshot({ path })
      },
      readFaults: async () => [...faults],
      close: () => page.close(),
    }
  }

  return { openPage, close: () => browser.close() }
}
