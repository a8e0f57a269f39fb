/** What the bench of the outbox compares: every engine of a Node server, none, and the least that a disk costs. */
import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createBullmqOutbox } from '../../src/entry/outbox-bullmq.ts'
import { createSqliteOutbox } from '../../src/entry/outbox-sqlite.ts'
import { createMemoryOutbox } from '../../src/service/delivery/memory-outbox.ts'
import type { Deliver, Outbox } from '../../src/service/delivery/outbox.ts'
import type { Receipt } from '../../src/signer/accept-callback.ts'
import { startPostgres } from '../support/postgres.ts'
import { startRedis } from '../support/redis.ts'

const WAIT_MS = 4000
/** Not a temporary folder: that may be in memory, where `fsync` costs nothing. */
export const DATA_FOLDER = fileURLToPath(
  new URL('../../node_modules/.upcall-bench-', import.meta.url),
)

export interface Engine {
  name: string
  accept: (receipt: Receipt) => Promise<unknown>
  close: () => Promise<void>
}

export const BARE_FILE = 'a bare file with fsync'

/** Engines of a Node server, by name. Redis and PostgreSQL are real ones on this machine, synced as ours must be. */
const OPENERS: Record<string, (deliver: Deliver) => Promise<Engine>> = {
  memory: async (deliver) => wrap('memory', createMemoryOutbox({ deliver })),
  async SQLite(deliver) {
    const folder = mkdtempSync(DATA_FOLDER)
    const engine = wrap('SQLite', await createSqliteOutbox({ folder, deliver }))
    return closeWith(engine, () => rmSync(folder, { recursive: true }))
  },
  async Redis(deliver) {
    const server = await startRedis()
    const outbox = await createBullmqOutbox({ deliver, connection: { redis: server.url } })
    return closeWith(wrap('Redis', outbox), () => server.stop())
  },
  async PostgreSQL(deliver) {
    const server = await startPostgres()
    const outbox = await createBullmqOutbox({ deliver, connection: { postgres: server.url } })
    return closeWith(wrap('PostgreSQL', outbox), () => server.stop())
  },
}

function wrap(name: string, outbox: Outbox): Engine {
  return {
    name,
    async accept(receipt) {
      const { state } = await outbox.accept(receipt, WAIT_MS)
      if (state !== 'done') throw new Error(`${name}: ${receipt.id} is ${state}.`)
    },
    close: () => outbox.close(),
  }
}

/** @param stop what the engine ran on */
function closeWith(engine: Engine, stop: () => unknown): Engine {
  return {
    ...engine,
    async close() {
      await engine.close()
      await stop()
    },
  }
}

export function openNone(deliver: Deliver): Engine {
  const signal = new AbortController().signal
  return {
    name: 'none',
    accept: (receipt) =>
      deliver(receipt, { eventId: receipt.id, event: 'stored', number: 1, signal }),
    close: async () => {},
  }
}

/** The least that a durable store costs on this disk: one write and one `fsync` for all that come in one turn. */
export function openBareFile(deliver: Deliver): Engine {
  const none = openNone(deliver)
  const folder = mkdtempSync(DATA_FOLDER)
  const file = openSync(join(folder, 'log'), 'a')
  let written: Promise<void> | undefined
  let texts = ''
  return {
    name: BARE_FILE,
    async accept(receipt) {
      texts += JSON.stringify(receipt)
      written ??= new Promise((resolve) => {
        setImmediate(() => {
          writeSync(file, texts)
          fdatasyncSync(file)
          written = undefined
          texts = ''
          resolve()
        })
      })
      await written
      return none.accept(receipt)
    },
    async close() {
      closeSync(file)
      rmSync(folder, { recursive: true })
    },
  }
}

export function openAll(deliver: Deliver): Promise<Engine[]> {
  return Promise.all(Object.values(OPENERS).map((open) => open(deliver)))
}
