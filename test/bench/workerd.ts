/**
 * The real workerd, without wrangler or a proxy in front of it: a configuration file, one process, a socket on loopback
 * for each worker. The service is the very bundle that `wrangler deploy` would send.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { build } from 'esbuild'
import { findPort } from '../../src/dev/find-port.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const bin = join(root, 'node_modules/.bin')
const START_TIMEOUT_MS = 20_000

export interface WorkerCode {
  /** An ES module whose default export has `fetch`. */
  code: string
  /** Text bindings. */
  env?: Readonly<Record<string, string>>
  /** Whether it has the class `Ledger` of Durable Objects, bound as in wrangler.toml; stored in memory. */
  hasLedger?: boolean
}

export interface RunningWorkerd {
  ports: number[]
  pid: number
  /** Of the inspector; 0 without one. */
  inspectorPort: number
  stop(): Promise<void>
}

function readCompatibilityDate(): string {
  const text = readFileSync(join(root, 'wrangler.toml'), 'utf8')
  return /^compatibility_date = "(.+)"$/m.exec(text)?.[1] ?? ''
}

function writeConfig(folder: string, workers: readonly WorkerCode[], ports: readonly number[]) {
  // A JSON text is also a Cap'n Proto text.
  const quote = (text: string) => JSON.stringify(text)
  const services = workers.map(({ code, env = {}, hasLedger = false }, at) => {
    writeFileSync(join(folder, `worker-${at}.js`), code)
    const bindings = Object.entries(env).map(
      ([name, text]) => `(name = ${quote(name)}, text = ${quote(text)})`,
    )
    if (hasLedger) bindings.push('(name = "LEDGER", durableObjectNamespace = "Ledger")')
    const classes = hasLedger
      ? `durableObjectNamespaces = [(className = "Ledger", uniqueKey = "ledger", enableSql = true)],
      durableObjectStorage = (inMemory = void),`
      : ''
    return `(name = "worker-${at}", worker = (
      modules = [(name = "worker.js", esModule = embed "worker-${at}.js")],
      compatibilityDate = "${readCompatibilityDate()}",
      bindings = [${bindings.join(', ')}],
      ${classes}
    ))`
  })
  // What a worker fetches may be on this machine.
  services.push('(name = "internet", network = (allow = ["public", "private"]))')
  const sockets = ports.map(
    (port, at) =>
      `(name = "http-${at}", address = "127.0.0.1:${port}", http = (), service = "worker-${at}")`,
  )
  const path = join(folder, 'config.capnp')
  writeFileSync(
    path,
    `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (services = [${services.join(', ')}], sockets = [${sockets.join(', ')}]);\n`,
  )
  return path
}

async function waitForResponse(port: number, child: ChildProcess): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT_MS
  while (child.exitCode === null && Date.now() < deadline) {
    try {
      await (await fetch(`http://127.0.0.1:${port}/healthz`)).arrayBuffer()
      return
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
  }
  throw new Error('workerd does not respond.')
}

/** Starts one workerd with all the workers, and waits until each has responded once. */
export async function startWorkerd(
  folder: string,
  workers: readonly WorkerCode[],
  { isInspected = false } = {},
): Promise<RunningWorkerd> {
  const inspectorPort = isInspected ? await findPort() : 0
  const ports: number[] = []
  for (const _ of workers) ports.push(await findPort())
  const config = writeConfig(folder, workers, ports)
  const child = spawn(
    join(bin, 'workerd'),
    ['serve', config, ...(inspectorPort ? [`--inspector-addr=127.0.0.1:${inspectorPort}`] : [])],
    { stdio: ['ignore', 2, 2] },
  )
  for (const port of ports) await waitForResponse(port, child)
  return {
    ports,
    pid: child.pid ?? 0,
    inspectorPort,
    async stop() {
      const exit = once(child, 'exit')
      // On SIGTERM it would wait for requests that never end.
      child.kill('SIGKILL')
      await exit
    },
  }
}

/** A module of the benches as one file, minified as wrangler minifies. */
export async function bundleWorker(path: string, minify = true): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(path, import.meta.url))],
    bundle: true,
    minify,
    write: false,
    format: 'esm',
    target: 'es2024',
    conditions: ['workerd', 'worker', 'browser'],
    external: ['node:*'],
    logLevel: 'error',
  })
  return outputFiles[0]?.text ?? ''
}

/** The service as wrangler bundles it for deployment. */
export async function bundleService(folder: string): Promise<string> {
  const options = ['deploy', '--dry-run', '--outdir', folder, '--assets', folder]
  const env = { ...process.env, WRANGLER_SEND_METRICS: 'false', CI: 'true' }
  await promisify(execFile)(join(bin, 'wrangler'), options, { cwd: root, env })
  return readFileSync(join(folder, 'worker.js'), 'utf8')
}
