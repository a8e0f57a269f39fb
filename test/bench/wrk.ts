/**
 * wrk, the load generator: found, else installed (Debian as root), else the run fails and says what to do.
 * Loopback only, and never longer than asked.
 */
import { execFile, execFileSync, spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const CONNECTIONS = 32
const nameScript = (name: string) => fileURLToPath(new URL(name, import.meta.url))
const run = promisify(execFile)

function isThere(): boolean {
  return spawnSync('wrk', ['-v']).error === undefined
}

/** @throws when wrk is not there and cannot be installed, saying what to do */
export function requireWrk(): void {
  if (isThere()) return
  if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    console.error('No wrk found; installing it for the benches (once) …')
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
    const stdio: ['ignore', 2, 2] = ['ignore', 2, 2]
    try {
      execFileSync('apt-get', ['update', '-q'], { env, stdio })
      execFileSync('apt-get', ['install', '-y', '-q', '--no-install-recommends', 'wrk'], {
        env,
        stdio,
      })
    } catch {
      // Decided below, by whether it is there now.
    }
  }
  if (!isThere()) {
    throw new Error('The benches need wrk. Install it: `apt-get install wrk`, `brew install wrk`.')
  }
}

interface Server {
  port: number
  seconds: number
  /** Of the server, to read what it cost. */
  pid: number
}

export interface Load extends Server {
  /** File of bearer tokens, a line each, used in turn. */
  tokens: string
  /** File of the JSON body that every request sends. */
  body: string
}

export interface CallbackLoad extends Server {
  path: string
  /** File of callbacks, as `formatCallbacks` makes it. */
  callbacks: string
  /** How many: each is sent once at most. */
  count: number
  /** Header `x-oss-pub-key-url` */
  keyUrl: string
}

export interface Throughput {
  perSecond: number
  /** Microseconds of CPU of the whole server process a request; nothing where /proc does not tell. */
  cpuMicros: number
}

/** User and system time of all threads, seconds. */
export function readCpuSeconds(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // Fields 14 and 15, counted after the name, which may hold spaces.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return (Number(fields[11]) + Number(fields[12])) / 100
  } catch {
    return Number.NaN
  }
}

/** @throws when a response was not 2xx, or a connection failed */
async function load(
  { port, seconds, pid }: Server,
  path: string,
  script: string,
  args: readonly string[],
): Promise<Throughput & { count: number }> {
  const before = readCpuSeconds(pid)
  const options = ['-t1', `-c${CONNECTIONS}`, `-d${seconds}s`, '--timeout', '10s', '-s']
  const url = `http://127.0.0.1:${port}${path}`
  const { stdout } = await run('wrk', [...options, nameScript(script), url, '--', ...args], {
    timeout: (seconds + 30) * 1000,
  })
  const cpu = readCpuSeconds(pid) - before
  const count = Number(/(\d+) requests in/.exec(stdout)?.[1])
  const perSecond = Number(/Requests\/sec:\s+([\d.]+)/.exec(stdout)?.[1])
  const problem = /Non-2xx or 3xx responses: \d+|Socket errors: .+/.exec(stdout)?.[0]
  if (problem || !count) throw new Error(`wrk: ${problem ?? 'no response'}`)
  return { perSecond, cpuMicros: (cpu / count) * 1e6, count }
}

/** @throws when a response was not 2xx, or a connection failed */
export function loadWithWrk({ tokens, body, ...server }: Load): Promise<Throughput> {
  return load(server, '/uploads', './requests.lua', [tokens, body])
}

/** @throws when a response was not 2xx, a connection failed, or a callback was sent twice */
export async function loadCallbacksWithWrk({
  path,
  callbacks,
  count,
  keyUrl,
  ...server
}: CallbackLoad): Promise<Throughput> {
  const result = await load(server, path, './callbacks.lua', [callbacks, keyUrl])
  if (result.count <= count) return result
  throw new Error(`wrk sent ${result.count} callbacks; only ${count} are different.`)
}
