/** The runtimes, from npm, each in a folder of its own; one that cannot be had is left out with the reason. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'

export interface Installed {
  version: string
  /** Of a runtime that is a program; empty for the others. */
  binary: string
  folder: string
  /** Why it was not installed. */
  reason?: string
}

interface Wanted {
  /** As `npm install` takes them; the newest versions. */
  packages: string[]
  /** In the folder; its version is what it prints. */
  binary?: string
}

/** @param tarball of our package: what is built in the folder of a framework must find it there */
function listWanted(tarball: string): Readonly<Record<string, Wanted>> {
  const platform = `${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`
  const node = (major: number): Wanted => ({
    packages: [`node-${platform}@${major}`],
    binary: `node_modules/node-${platform}/bin/node`,
  })
  return {
    'node-20': node(20),
    'node-22': node(22),
    'node-24': node(24),
    deno: { packages: ['deno'], binary: 'node_modules/.bin/deno' },
    bun: { packages: ['bun'], binary: 'node_modules/.bin/bun' },
    next: { packages: ['next', 'react', 'react-dom', tarball] },
    'esa-cli': { packages: ['esa-cli', tarball] },
  }
}

function readVersion(folder: string, name: string): string {
  const text = readFileSync(join(folder, 'node_modules', name, 'package.json'), 'utf8')
  return JSON.parse(text).version
}

function install(folder: string, name: string, { packages, binary }: Wanted): Installed {
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'package.json'), '{"private":true,"type":"module"}')
  const args = ['install', ...packages, '--no-audit', '--no-fund', '--prefer-offline']
  try {
    execFileSync('npm', args, { cwd: folder, stdio: 'pipe', encoding: 'utf8' })
    if (binary === undefined) return { version: readVersion(folder, name), binary: '', folder }
    const path = join(folder, binary)
    const printed = execFileSync(path, ['--version'], { cwd: folder, encoding: 'utf8' })
    return { version: /\d+\.\d+\.\d+/.exec(printed)?.[0] ?? '', binary: path, folder }
  } catch (error) {
    const lines = String((error as { stderr?: string }).stderr ?? error).split('\n')
    const reason = lines.find((line) => /npm error|Error/.test(line)) ?? 'npm failed'
    // Addresses of a registry are of this machine alone.
    return { version: '', binary: '', folder, reason: reason.replace(/https?:\/\/\S+/g, '').trim() }
  }
}

/** Of the development dependencies: what every run of the tests uses. */
function findOwn(name: string): Installed {
  const places = createRequire(import.meta.url).resolve.paths(name) ?? []
  for (const place of places) {
    try {
      const folder = join(place, '..')
      return { version: readVersion(folder, name), binary: '', folder }
    } catch {
      // Further up.
    }
  }
  return { version: '', binary: '', folder: '', reason: `${name} is not installed: npm ci` }
}

/** @param names of runtimes, as in `RUNTIMES` */
export function installRuntimes(
  folder: string,
  tarball: string,
  names: readonly string[],
): Map<string, Installed> {
  const all = listWanted(tarball)
  return new Map(
    [...new Set(names)].map((name) => {
      const wanted = all[name]
      return [name, wanted ? install(join(folder, name), name, wanted) : findOwn(name)]
    }),
  )
}
