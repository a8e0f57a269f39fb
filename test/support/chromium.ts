/**
 * Where Chromium is: `CHROME_PATH`, else a system one, else it is installed. Never skipped: a machine
 * where none of that works gets an error that says what to do.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

const NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome']
const ON_MAC = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome'

/** As root Chromium refuses its own sandbox; the rest keeps it from calling home. */
export const CHROMIUM_ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

function findOnPath(): string | undefined {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    for (const name of NAMES) {
      const path = join(folder, name)
      if (existsSync(path)) return path
    }
  }
  return existsSync(ON_MAC) ? ON_MAC : undefined
}

function install(): void {
  const isDebianRoot = process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')
  console.error('No Chromium found; installing it for the browser tests (once) …')
  const stdio: ['ignore', 2, 2] = ['ignore', 2, 2]
  if (isDebianRoot) {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
    execFileSync('apt-get', ['update', '-q'], { stdio, env })
    execFileSync('apt-get', ['install', '-y', '-q', '--no-install-recommends', 'chromium'], {
      stdio,
      env,
    })
  } else {
    execFileSync('npx', ['playwright', 'install', 'chromium'], { stdio })
  }
}

/** @throws when there is no Chromium that starts, saying what to install */
export async function findChromium(): Promise<string> {
  const given = process.env.CHROME_PATH
  if (given && !existsSync(given)) throw new Error(`CHROME_PATH names no file: ${given}`)
  let path = given ?? findOnPath()
  if (!path) {
    try {
      install()
    } catch (cause) {
      throw new Error(
        'The browser tests need Chromium and it could not be installed. Install it (Debian: `apt-get install chromium`) or set CHROME_PATH to its binary.',
        { cause },
      )
    }
    const { chromium } = await import('playwright')
    const own = chromium.executablePath()
    path = findOnPath() ?? (existsSync(own) ? own : undefined)
  }
  if (!path) throw new Error('Chromium was installed but is not on the PATH; set CHROME_PATH.')
  const { status, stderr } = spawnSync(path, ['--version'], { encoding: 'utf8' })
  if (status !== 0) throw new Error(`Chromium at ${path} does not start: ${stderr}`)
  return path
}
