/**
 * `npm run check:dependencies`: is each dependency that ships the newest version that its range allows? Asks the
 * registry by `npm outdated`. Without a registry it fails: nobody knows then. A newer major is told, and is no failure.
 */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const REGISTRY_TIMEOUT_MS = 60_000

/** One entry of `npm outdated --json`; `current` is missing when nothing is installed. */
interface Outdated {
  current?: string
  wanted: string
  latest: string
}

export interface Report {
  lines: string[]
  /** To update, e.g. `jose@6.2.18`. */
  updates: string[]
}

/**
 * @param output of `npm outdated --json`, which names only what is not the newest of all
 * @throws {Error} when the registry did not answer
 */
export function readOutdated(names: readonly string[], output: string): Report {
  const report: Record<string, Outdated> & { error?: { summary?: string } } = JSON.parse(output)
  if (report.error) {
    throw new Error(
      `Nothing was checked, the registry is not reachable: ${report.error.summary ?? 'no reason given'}`,
    )
  }
  const updates: string[] = []
  const lines = names.map((name) => {
    const found = report[name]
    if (!found) return `${name}: newest`
    const { current, wanted, latest } = found
    const newer = latest === wanted ? '' : `; newest of all is ${latest}`
    if (current === wanted) return `${name}: ${current}, newest of its range${newer}`
    updates.push(`${name}@${wanted}`)
    return `${name}: ${current ?? 'not installed'}, but ${wanted} is there${newer}`
  })
  return { lines, updates }
}

function run(): void {
  const { dependencies } = JSON.parse(readFileSync(`${ROOT}package.json`, 'utf8'))
  const names = Object.keys(dependencies)
  const retries = ['--fetch-retries=1', '--fetch-retry-mintimeout=500']
  const args = ['outdated', '--json', '--prefer-online', ...retries, ...names]
  const { stdout, error } = spawnSync('npm', args, {
    cwd: ROOT,
    encoding: 'utf8',
    timeout: REGISTRY_TIMEOUT_MS,
    shell: process.platform === 'win32',
  })
  if (error) throw new Error(`Nothing was checked: ${error.message}`)
  const { lines, updates } = readOutdated(names, stdout)
  console.log(lines.join('\n'))
  if (updates.length > 0) {
    throw new Error(`Dependencies that ship are not the newest: npm install ${updates.join(' ')}`)
  }
}

if (import.meta.main) {
  try {
    run()
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error))
    process.exit(1)
  }
}
