/**
 * One program on one runtime: written into the consumer's folder, bundled where the platform bundles, started as a process
 * of its own on a loopback port.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type BuildOptions, build } from 'esbuild'

const START_TIMEOUT_MS = 30_000
/** The last characters of the output, for a report of a failure. */
const MAX_LOG_CHARS = 4000

export interface Program {
  /** SIGKILL, also of what it has started. */
  stop(): Promise<void>
  /** The end of what it printed. */
  readLog(): string
}

export interface Command {
  command: string
  args: readonly string[]
  cwd: string
  env: Readonly<Record<string, string>>
}

/** Starts it, and waits until `url` responds, whatever it responds. @throws {Error} with what it printed */
export async function startProgram(
  { command, args, cwd, env }: Command,
  url: string,
  { timeoutMs = START_TIMEOUT_MS }: { timeoutMs?: number } = {},
): Promise<Program> {
  const child: ChildProcess = spawn(command, args, {
    cwd,
    env: { PATH: process.env.PATH ?? '', HOME: cwd, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own: `next dev` starts processes that outlive it, and hold its output open.
    detached: true,
  })
  const exit = once(child, 'close')
  function kill(): void {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
    } catch {
      // All of the group have ended.
    }
  }
  process.once('exit', kill)
  let log = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (text: Buffer) => {
      log = (log + text).slice(-MAX_LOG_CHARS)
    })
  }
  async function stop(): Promise<void> {
    kill()
    await exit
    process.off('exit', kill)
  }
  const deadline = Date.now() + timeoutMs
  while (child.exitCode === null && Date.now() < deadline) {
    try {
      await (await fetch(url, { signal: AbortSignal.timeout(2000) })).arrayBuffer()
      return { stop, readLog: () => log }
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }
  await stop()
  throw new Error(`It did not start: ${log}`)
}

export function writeProgram(folder: string, path: string, code: string): string {
  const file = join(folder, path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, code)
  return file
}

/** From `folder`, so that `oss-upcall` is the installed one. */
export async function bundleProgram(
  folder: string,
  code: string,
  options: BuildOptions,
): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: code, resolveDir: folder, loader: 'ts' },
    bundle: true,
    write: false,
    format: 'esm',
    // Errors are thrown, with their text.
    logLevel: 'silent',
    ...options,
  })
  return outputFiles?.[0]?.text ?? ''
}
