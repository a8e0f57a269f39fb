/**
 * Bare workerd, without wrangler and its proxy: one Worker with the Durable Object `Ledger` whose storage is a folder.
 * It can be killed and started again on the same folder and port.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { findPort } from '../../src/dev/find-port.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
/** The binary itself: `.bin/workerd` may be a script that outlives its child's SIGKILL, or the other way round. */
const WORKERD: string = createRequire(import.meta.url)('workerd').default
const START_TIMEOUT_MS = 20_000

/** A Worker's module as one file. @param path from the root of the repository */
export async function bundleWorker(path: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(ROOT, path)],
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2024',
    conditions: ['workerd', 'worker', 'browser'],
    external: ['node:*', 'cloudflare:*'],
    logLevel: 'error',
  })
  return outputFiles[0]?.text ?? ''
}

export interface WorkerdOptions {
  /** Of the configuration and the storage. */
  folder: string
  /** An ES module. */
  code: string
  env: Readonly<Record<string, string>>
}

export interface Workerd {
  readonly url: string
  readonly pid: number
  /** On the same port and storage. @param code another module than before */
  start(code?: string, env?: Readonly<Record<string, string>>): Promise<void>
  stop(signal?: NodeJS.Signals): Promise<void>
}

function buildConfig(
  { folder, env }: WorkerdOptions,
  port: number,
  compatibilityDate: string,
): string {
  // A JSON text is also a text of Cap'n Proto.
  const quote = (text: string) => JSON.stringify(text)
  const bindings = Object.entries(env).map(
    ([name, text]) => `(name = ${quote(name)}, text = ${quote(text)})`,
  )
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = (
      modules = [(name = "worker.js", esModule = embed "worker.js")],
      compatibilityDate = "${compatibilityDate}",
      compatibilityFlags = ["nodejs_compat"],
      bindings = [(name = "LEDGER", durableObjectNamespace = "Ledger"), ${bindings.join(', ')}],
      durableObjectNamespaces = [(className = "Ledger", uniqueKey = "ledger", enableSql = true)],
      durableObjectStorage = (localDisk = "storage"),
      globalOutbound = "network",
    )),
    (name = "storage", disk = (path = ${quote(join(folder, 'storage'))}, writable = true)),
    (name = "network", network = (allow = ["public", "private", "local"])),
  ],
  sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "main")],
);
`
}

async function waitForStart(url: string, child: ChildProcess): Promise<void> {
  const end = Date.now() + START_TIMEOUT_MS
  while (child.exitCode === null && Date.now() < end) {
    try {
      await (await fetch(`${url}/healthz`)).arrayBuffer()
      return
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
  }
  throw new Error('workerd does not respond.')
}

export async function startWorkerd(options: WorkerdOptions): Promise<Workerd> {
  const { folder } = options
  const port = await findPort()
  const url = `http://127.0.0.1:${port}`
  const compatibilityDate =
    /^compatibility_date = "(.+)"$/m.exec(readFileSync(join(ROOT, 'wrangler.toml'), 'utf8'))?.[1] ??
    ''
  mkdirSync(join(folder, 'storage'), { recursive: true })
  let child: ChildProcess | undefined

  async function start(code = options.code, env = options.env): Promise<void> {
    writeFileSync(join(folder, 'worker.js'), code)
    const config = join(folder, 'config.capnp')
    writeFileSync(config, buildConfig({ ...options, env }, port, compatibilityDate))
    child = spawn(WORKERD, ['serve', config], {
      stdio: ['ignore', 'ignore', process.env.WORKERD_LOG ? 'inherit' : 'ignore'],
    })
    await waitForStart(url, child)
  }

  await start()
  return {
    url,
    get pid() {
      return child?.pid ?? 0
    },
    start,
    async stop(signal = 'SIGTERM') {
      if (!child || child.exitCode !== null || child.signalCode !== null) return
      const exit = once(child, 'exit')
      child.kill(signal)
      await exit
    },
  }
}
