/** WebKit: WebKitGTK's MiniBrowser on a display in memory, driven by its WebDriver. */
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { findPort } from '../../src/dev/find-port.ts'
import { type Engine, type EnginePage, WINDOW, writeCall } from './engine.ts'
import { findPrograms } from './install.ts'
import { type Helper, startHelper } from './processes.ts'
import { openSession } from './webdriver.ts'

/** @see https://www.w3.org/TR/webdriver2/#keyboard-actions the table of normalised keys */
const KEYS: Record<string, string> = {
  Tab: '\uE004',
  Enter: '\uE007',
  Shift: '\uE008',
  Control: '\uE009',
  Alt: '\uE00A',
  Escape: '\uE00C',
  Backspace: '\uE003',
  Delete: '\uE017',
  PageUp: '\uE00E',
  PageDown: '\uE00F',
  End: '\uE010',
  Home: '\uE011',
  ArrowLeft: '\uE012',
  ArrowUp: '\uE013',
  ArrowRight: '\uE014',
  ArrowDown: '\uE015',
}

/** MiniBrowser's buttons and address bar, so small that its window can be as narrow as a phone. */
const SMALL_WIDGETS = `
* { min-width: 0; padding: 0; margin: 0; border-width: 0; font-size: 1px; }
image { -gtk-icon-transform: scale(0.1); }
`

/** A home of its own: nothing of the user's is read, nothing left behind. */
async function makeHome(): Promise<string> {
  const home = await mkdtemp(join(tmpdir(), 'upcall-webkit-'))
  for (const version of ['gtk-3.0', 'gtk-4.0']) {
    await mkdir(join(home, version))
    await writeFile(join(home, version, 'gtk.css'), SMALL_WIDGETS)
  }
  return home
}

async function startDisplay(xvfb: string): Promise<{ helper: Helper; display: string }> {
  let display = ''
  const helper = await startHelper(
    xvfb,
    ['-displayfd', '3', '-screen', '0', '1600x1400x24', '-nolisten', 'tcp'],
    {
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
      isReady({ stdio }) {
        display += (stdio[3] as Readable).read() ?? ''
        return display.endsWith('\n')
      },
    },
  )
  return { helper, display: `:${display.trim()}` }
}

async function isListening(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/status`)).ok
  } catch {
    return false
  }
}

/** WebDriver has no console: the page itself collects what went wrong from here on. */
function watchFaults(): void {
  const page = window as typeof window & { upcallFaults?: string[] }
  const faults: string[] = []
  page.upcallFaults = faults
  page.addEventListener('error', ({ message }) => faults.push(message))
  page.addEventListener('unhandledrejection', ({ reason }) => faults.push(String(reason)))
  document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => {
    faults.push(`${violatedDirective} refuses ${blockedURI}`)
  })
  const { error } = console
  console.error = (...words) => {
    faults.push(words.join(' '))
    error(...words)
  }
}

function listFaults(): string[] {
  return (window as typeof window & { upcallFaults?: string[] }).upcallFaults ?? []
}

/** @param acceptInsecureCerts certificates that nobody vouches for are taken */
export async function launchWebKit(acceptInsecureCerts = false): Promise<Engine> {
  const { webKitDriver, miniBrowser, xvfb } = findPrograms('webKitDriver', 'miniBrowser', 'xvfb')
  const home = await makeHome()
  const { helper: screen, display } = await startDisplay(xvfb)
  const port = await findPort()
  const url = `http://127.0.0.1:${port}`
  const driver = await startHelper(webKitDriver, [`--port=${port}`, '--host=local'], {
    env: {
      DISPLAY: display,
      HOME: home,
      XDG_CONFIG_HOME: home,
      XDG_CACHE_HOME: home,
      XDG_DATA_HOME: home,
      XDG_RUNTIME_DIR: home,
      NO_AT_BRIDGE: '1',
    },
    isReady: () => isListening(url),
    folder: home,
  }).catch(async (error) => {
    await screen.stop()
    throw error
  })

  async function openPage(): Promise<EnginePage> {
    const session = await openSession(url, {
      acceptInsecureCerts,
      'webkitgtk:browserOptions': { binary: miniBrowser, args: ['--automation'] },
    })
    const evaluate: EnginePage['evaluate'] = (run, ...args) =>
      session.execute(`return ${writeCall(run, args)}`, [])

    async function resize(width: number, height: number): Promise<void> {
      await session.resizeWindow(width, height)
      const inner = await evaluate(() => [innerWidth, innerHeight] as const)
      await session.resizeWindow(2 * width - inner[0], 2 * height - inner[1])
    }

    await resize(WINDOW.width, WINDOW.height)
    return {
      async goto(address) {
        await session.goto(address)
        await evaluate(watchFaults)
      },
      async setFiles(selector, paths) {
        await session.type(await session.find(selector), paths.join('\n'))
      },
      async click(selector) {
        await session.click(await session.find(selector))
      },
      keyDown: (key) => session.moveKey('keyDown', KEYS[key] ?? key),
      keyUp: (key) => session.moveKey('keyUp', KEYS[key] ?? key),
      evaluate,
      resize,
      async screenshot(path) {
        await writeFile(path, await session.screenshot())
      },
      readFaults: () => evaluate(listFaults),
      close: () => session.end(),
    }
  }

  return {
    openPage,
    async close() {
      await driver.stop()
      await screen.stop()
    },
  }
}
