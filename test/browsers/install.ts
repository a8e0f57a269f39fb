/**
 * Where Firefox and WebKit are: named by a variable, else found, else installed from Debian's packages.
 * Never skipped: a machine where none of that works gets an error that says what to do.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, globSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** A program that an engine needs. */
interface Program {
  /** For people. */
  title: string
  /** Environment variable that names it, before anything else. */
  variable: string
  /** Commands looked for on the PATH, then whole paths (patterns). */
  places: string[]
  /** Debian's package. */
  debian: string
  /** Asks it for its version, where it can be asked. */
  probe?: string[]
}

const PROGRAMS = {
  firefox: {
    title: 'Firefox',
    variable: 'FIREFOX_PATH',
    places: ['firefox-esr', 'firefox', '/Applications/Firefox.app/Contents/MacOS/firefox'],
    debian: 'firefox-esr',
    probe: ['--version'],
  },
  webKitDriver: {
    title: 'WebKitGTK’s WebDriver',
    variable: 'WEBKIT_DRIVER_PATH',
    places: ['WebKitWebDriver'],
    debian: 'webkit2gtk-driver',
    probe: ['--help'],
  },
  miniBrowser: {
    title: 'WebKitGTK’s MiniBrowser',
    variable: 'WEBKIT_BROWSER_PATH',
    places: [
      '/usr/lib/*/webkit2gtk-4.*/MiniBrowser',
      '/usr/lib{,64,exec}/webkit{2gtk,gtk}-*/MiniBrowser',
    ],
    debian: 'webkit2gtk-driver',
  },
  xvfb: {
    title: 'Xvfb, a display in memory',
    variable: 'XVFB_PATH',
    places: ['Xvfb'],
    debian: 'xvfb',
  },
} satisfies Record<string, Program>

export type ProgramName = keyof typeof PROGRAMS

function findProgram({ places }: Program): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter)
  for (const place of places) {
    const found = place.startsWith('/')
      ? globSync(place).sort().at(-1)
      : folders.map((folder) => join(folder, place)).find((path) => existsSync(path))
    if (found) return found
  }
  return undefined
}

function installPackages(names: string[]): void {
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) {
    throw new Error('Only root on Debian can have it installed here.')
  }
  console.error(`Installing ${names.join(', ')} for the browser tests (once) …`)
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const stdio: ['ignore', 2, 2] = ['ignore', 2, 2]
  execFileSync('apt-get', ['update', '-q'], { stdio, env })
  execFileSync('apt-get', ['install', '-y', '-q', '--no-install-recommends', ...names], {
    stdio,
    env,
  })
}

function describeWay({ title, variable, debian }: Program): string {
  return `${title}: install it (Debian: \`apt-get install ${debian}\`) or set ${variable} to its binary.`
}

/**
 * Paths of programs, those that are missing installed at one go.
 * @throws when one is not there and cannot be installed, or does not start; the message says what to do
 */
export function findPrograms<Name extends ProgramName>(...names: Name[]): Record<Name, string> {
  const wanted = names.map((name): [Name, Program] => [name, PROGRAMS[name]])
  const missing = wanted
    .map(([, program]) => program)
    .filter((program) => !process.env[program.variable] && !findProgram(program))
  if (missing.length > 0) {
    try {
      installPackages([...new Set(missing.map(({ debian }) => debian))])
    } catch (cause) {
      const ways = missing.map(describeWay).join(' ')
      throw new Error(`The browser tests need what is not on this machine. ${ways}`, { cause })
    }
  }
  const found = wanted.map(([name, program]): [Name, string] => {
    const given = process.env[program.variable]
    if (given && !existsSync(given)) {
      throw new Error(`${program.variable} names no file: ${given}`)
    }
    const path = given ?? findProgram(program)
    if (!path) throw new Error(`Installed, but nowhere to be found. ${describeWay(program)}`)
    if (program.probe) {
      const { status, stderr, error } = spawnSync(path, program.probe, { encoding: 'utf8' })
      if (status !== 0) {
        throw new Error(`${program.title} at ${path} does not start: ${error?.message ?? stderr}`)
      }
    }
    return [name, path]
  })
  return Object.fromEntries(found) as Record<Name, string>
}
