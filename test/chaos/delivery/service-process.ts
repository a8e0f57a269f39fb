/**
 * One Node process of the service. It can be killed with SIGKILL and started again on the same port and data. When it
 * ends by itself – at a start without its engine, say – it is started again, as a supervisor would.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { findPort } from '../../../src/dev/find-port.ts'
import { COMPILE_CACHE } from '../../support/compile-cache.ts'

const ENTRY = fileURLToPath(new URL('../../../src/entry/node.ts', import.meta.url))
const RESTART_DELAY_MS = 200
const START_LIMIT_MS = 120_000
/** Characters of the log that are kept, for a report of a failure. */
const LOG_TAIL = 6000
/** Characters of it for each time that the process ended by itself. */
const CRASH_TAIL = 2500

export interface ServiceProcess {
  port: number
  kill(): Promise<void>
  /** Resolves when it responds. */
  start(): Promise<void>
  /** SIGTERM. */
  stop(): Promise<void>
  /** The end of the log for each time that it ended by itself after it had responded. */
  readCrashes(): readonly string[]
  readLog(): string
}

export async function createServiceProcess(
  env: Readonly<Record<string, string>>,
): Promise<ServiceProcess> {
  const port = await findPort()
  let child: ChildProcess | undefined
  let isWanted = false
  const crashes: string[] = []
  let log = ''

  const isRunning = (): boolean => child?.exitCode === null && child.signalCode === null

  async function responds(): Promise<boolean> {
    try {
      const response = await fetch(`http://127.0.0.1:${port}/healthz`, {
        signal: AbortSignal.timeout(2000),
      })
      await response.arrayBuffer()
      return true
    } catch {
      return false
    }
  }

  function open(): ChildProcess {
    const started = spawn(process.execPath, [ENTRY], {
      env: { ...COMPILE_CACHE, ...env, PATH: process.env.PATH ?? '', PORT: String(port) },
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    started.stderr.on('data', (text: Buffer) => {
      log = (log + text).slice(-LOG_TAIL)
    })
    return started
  }

  /** Until the process responds; starts it again as long as it ends. */
  async function startUntilUp(): Promise<void> {
    const until = Date.now() + START_LIMIT_MS
    while (isWanted && Date.now() < until) {
      child = open()
      const started = child
      while (isWanted && isRunning()) {
        if (await responds()) {
          // Not 'exit': its last words may come after that.
          started.once('close', () => {
            if (!isWanted || child !== started) return
            const { exitCode, signalCode } = started
            crashes.push(`exit ${exitCode ?? signalCode}: …${log.slice(-CRASH_TAIL)}`)
            startUntilUp().catch(() => {})
          })
          return
        }
        await new Promise((resolve) => setTimeout(resolve, 50))
      }
      await new Promise((resolve) => setTimeout(resolve, RESTART_DELAY_MS))
    }
    if (isWanted) throw new Error(`The service does not start: ${log}`)
  }

  async function end(signal: NodeJS.Signals): Promise<void> {
    isWanted = false
    const ending = child
    if (!ending || !isRunning()) return
    const exited = once(ending, 'exit')
    ending.kill(signal)
    await exited
  }

  return {
    port,
    kill: () => end('SIGKILL'),
    start() {
      isWanted = true
      return startUntilUp()
    },
    stop: () => end('SIGTERM'),
    readCrashes: () => crashes,
    readLog: () => log,
  }
}

/** Runs the service where it must refuse to start. @returns its exit code and what it said */
export async function runRefused(
  env: Readonly<Record<string, string>>,
): Promise<{ code: number | null; words: string }> {
  const child = spawn(process.execPath, [ENTRY], {
    env: { ...COMPILE_CACHE, ...env, PATH: process.env.PATH ?? '', PORT: '0' },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let words = ''
  child.stderr.on('data', (text: Buffer) => {
    words += text
  })
  const timer = setTimeout(() => child.kill('SIGKILL'), START_LIMIT_MS)
  await once(child, 'close')
  clearTimeout(timer)
  return { code: child.exitCode, words }
}
