/**
 * A private PostgreSQL on a loopback port with a folder of its own. It can be stopped, killed with SIGKILL, and started
 * again on the same folder. PostgreSQL refuses to run as root: then it runs as the user `postgres`, else `nobody`.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { findPort } from '../../src/dev/find-port.ts'
import { findEngine, waitUntilReady } from './engine-process.ts'

export interface PostgresServer {
  url: string
  port: number
  /** SIGKILL to the postmaster; its other processes notice it and end without a checkpoint. */
  kill(): Promise<void>
  /** On the same port and folder. */
  restart(): Promise<void>
  /** Ends it and removes its folder. */
  stop(): Promise<void>
}

interface Owner {
  uid: number
  gid: number
}

/** Who may run PostgreSQL: this user, or, as root, a user without rights. */
function findOwner(): Owner | undefined {
  if (process.getuid?.() !== 0) return undefined
  for (const name of ['postgres', 'nobody']) {
    try {
      const ask = (flag: string): number =>
        Number(
          execFileSync('id', [flag, name], {
            encoding: 'utf8',
            stdio: ['ignore', 'pipe', 'ignore'],
          }),
        )
      return { uid: ask('-u'), gid: ask('-g') }
    } catch {
      // No such user: the next.
    }
  }
  throw new Error(
    'PostgreSQL refuses to run as root, and there is neither a user postgres nor nobody.',
  )
}

async function accepts(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 1000 })
  client.on('error', () => {})
  try {
    await client.connect()
    await client.query('SELECT 1')
    return true
  } catch {
    return false
  } finally {
    await client.end().catch(() => {})
  }
}

/** @param settings of the server, as `{ fsync: 'off' }` */
export async function startPostgres(
  settings: Readonly<Record<string, string>> = {},
): Promise<PostgresServer> {
  const binary = findEngine(['postgres'], ['postgresql'])
  const owner = findOwner()
  const folder = mkdtempSync(join(tmpdir(), 'upcall-postgres-'))
  if (owner) chownSync(folder, owner.uid, owner.gid)
  const data = join(folder, 'data')
  // A folder that the other user may enter, and no environment of ours (PGDATA, PGPORT).
  const base = { cwd: folder, env: { PATH: process.env.PATH, LC_ALL: 'C.UTF-8' }, ...owner }
  const initdb = findEngine(['initdb'], ['postgresql'])
  const rights = ['--auth=trust', '--username=upcall', '--encoding=UTF8', '--locale=C']
  execFileSync(initdb, ['-D', data, ...rights, '--no-sync'], { ...base, stdio: 'pipe' })

  const port = await findPort()
  const url = `postgres://upcall@127.0.0.1:${port}/postgres`
  let child: ChildProcess | undefined
  let output = ''

  async function start(): Promise<void> {
    const wanted = { listen_addresses: '127.0.0.1', unix_socket_directories: folder, ...settings }
    const flags = Object.entries(wanted).flatMap(([name, value]) => ['-c', `${name}=${value}`])
    let started: ChildProcess | undefined
    await waitUntilReady(
      async () => {
        // After a SIGKILL the old processes hold the shared memory for a moment: start again until they are gone.
        if (!started || started.exitCode !== null) {
          started = spawn(binary, ['-D', data, '-p', String(port), ...flags], {
            ...base,
            stdio: ['ignore', 'ignore', 'pipe'],
          })
          child = started
          started.stderr?.on('data', (text: Buffer) => {
            output = (output + text).slice(-4000)
          })
        }
        return accepts(url)
      },
      () => `PostgreSQL did not start: ${output}`,
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
    url,
    port,
    kill: () => end('SIGKILL'),
    restart: async () => {
      await end('SIGINT')
      await start()
    },
    // SIGQUIT: at once, and with all its processes.
    stop: async () => {
      await end('SIGQUIT')
      rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 })
    },
  }
}
