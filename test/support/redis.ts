/**
 * A private Redis (or Valkey) on a loopback port with a folder of its own. It can be stopped, killed with SIGKILL, and
 * started again on the same folder.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findPort } from '../../src/dev/find-port.ts'
import { findEngine, waitUntilReady } from './engine-process.ts'

export interface RedisServer {
  url: string
  port: number
  /** SIGKILL: what Redis had not handed to the kernel is lost. */
  kill(): Promise<void>
  /** SIGSTOP and SIGCONT: connections stay, nothing responds. */
  freeze(): void
  thaw(): void
  /** On the same port and folder. */
  restart(): Promise<void>
  /** Ends it and removes its folder. */
  stop(): Promise<void>
}

/** What a receipt needs: an append-only file, written before each reply, and no eviction. */
export const DURABLE: readonly string[] = [
  '--appendonly',
  'yes',
  '--maxmemory-policy',
  'noeviction',
]

/** What a Redis that nobody configured does: a snapshot now and then. */
export const DEFAULT_PERSISTENCE: readonly string[] = []

function ping(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    const finish = (isUp: boolean): void => {
      socket.destroy()
      resolve(isUp)
    }
    socket.setTimeout(1000, () => finish(false))
    socket.once('error', () => finish(false))
    socket.once('connect', () => socket.write('PING\r\n'))
    // While it reads its file it responds with -LOADING; a server with a password responds with -NOAUTH.
    socket.once('data', (data) => finish(/^(\+PONG|-NOAUTH)/.test(String(data))))
  })
}

/** @param options of the command line, as `['--appendonly', 'yes']`; @default {@link DURABLE} */
export async function startRedis(options: readonly string[] = DURABLE): Promise<RedisServer> {
  const binary = findEngine(['redis-server', 'valkey-server'], ['redis-server', 'valkey-server'])
  const folder = mkdtempSync(join(tmpdir(), 'upcall-redis-'))
  const port = await findPort()
  let child: ChildProcess | undefined
  let output = ''

  async function start(): Promise<void> {
    const own = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder]
    const started = spawn(binary, [...own, '--daemonize', 'no', ...options], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    child = started
    const collect = (data: Buffer): void => {
      output = (output + data).slice(-4000)
    }
    started.stdout.on('data', collect)
    started.stderr.on('data', collect)
    await waitUntilReady(
      async () => {
        if (started.exitCode !== null) throw new Error(`Redis ended: ${output}`)
        return ping(port)
      },
      () => `Redis did not start: ${output}`,
    )
  }

  async function end(signal: NodeJS.Signals): Promise<void> {
    const ending = child
    child = undefined
    if (!ending || ending.exitCode !== null || ending.signalCode !== null) return
    const exited = once(ending, 'exit')
    ending.kill(signal)
    await exited
  }

  await start()
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    kill: () => end('SIGKILL'),
    freeze: () => void child?.kill('SIGSTOP'),
    thaw: () => void child?.kill('SIGCONT'),
    restart: async () => {
      await end('SIGTERM')
      await start()
    },
    stop: async () => {
      await end('SIGKILL')
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
