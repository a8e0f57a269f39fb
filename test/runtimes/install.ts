/** Binaries of the runtimes, from npm, each into a folder of its own; one that cannot be had is left out with the reason. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'

export interface Installed {
  /** Absent when it was not installed. */
  binary?: string
  version: string
  /** Why it was not installed. */
  reason?: string
}

/** Newest of each; Node as the package that brings the binary of one platform. */
function listPackages(): Readonly<Record<string, { name: string; binary: string }>> {
  const platform = `${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`
  const node = (major: number) => ({
    name: `node-${platform}@${major}`,
    binary: `node_modules/node-${platform}/bin/node`,
  })
  return {
    'node-20': node(20),
    'node-22': node(22),
    'node-24': node(24),
    deno: { name: 'deno', binary: 'node_modules/.bin/deno' },
    bun: { name: 'bun', binary: 'node_modules/.bin/bun' },
  }
}

/** Of the development dependencies: what every run of the tests uses. */
function readOwnVersion(name: string): Installed {
  const require = createRequire(import.meta.url)
  const path =
    require.resolve.paths(name)?.map((folder) => join(folder, name, 'package.json')) ?? []
  for (const file of path) {
    try {
      return { binary: '', version: JSON.parse(readFileSync(file, 'utf8')).version }
    } catch {
      // Further up.
    }
  }
  return { version: '', reason: `${name} is not installed: npm ci` }
}

function install(folder: string, { name, binary }: { name: string; binary: string }): Installed {
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'package.json'), '{"private":true}')
  const args = ['install', name, '--no-audit', '--no-fund', '--prefer-offline']
  try {
    execFileSync('npm', args, { cwd: folder, stdio: 'pipe', encoding: 'utf8' })
    const path = join(folder, binary)
    const [version = ''] =
      /\d+\.\d+\.\d+/.exec(execFileSync(path, ['--version'], { cwd: folder, encoding: 'utf8' })) ??
      []
    return { binary: path, version }
  } catch (error) {
    const lines = String((error as { stderr?: string }).stderr ?? error).split('\n')
    const reason = lines.find((line) => /npm error|Error/.test(line)) ?? 'npm failed'
    // Addresses of a registry are of this machine alone.
    return { version: '', reason: reason.replace(/https?:\/\/\S+/g, '').trim() }
  }
}

/** @param names of runtimes, as in `RUNTIMES` */
export function installRuntimes(folder: string, names: readonly string[]): Map<string, Installed> {
  const packages = listPackages()
  return new Map(
    [...new Set(names)].map((name) => {
      const found = packages[name]
      return [name, found ? install(join(folder, name), found) : readOwnVersion(name)]
    }),
  )
}
