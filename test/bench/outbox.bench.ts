/**
 * What the outbox adds to a callback: from the verified receipt to the response, without the time of the application,
 * which takes 10 to 30 ms by a timer. Against the same without an outbox: a timer is never exact.
 */
import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createSqliteOutbox } from '../../src/entry/outbox-sqlite.ts'
import { createMemoryOutbox } from '../../src/service/delivery/memory-outbox.ts'
import type { Deliver, Outbox } from '../../src/service/delivery/outbox.ts'
import type { Receipt } from '../../src/signer/accept-callback.ts'
import { median, takeTurns } from './measure.ts'
import { printRate, printTable, type Results, type Row } from './report.ts'

const APPLICATION_MS = { least: 10, spread: 21 }
const WAIT_MS = 4000
const ROUNDS = 9
/** Callbacks that each of those at once makes in a round, one after the other. */
const CALLS = 20
/** Not a temporary folder: that may be in memory, where `fsync` costs nothing. */
const DATA_FOLDER = fileURLToPath(new URL('../../node_modules/.upcall-bench-', import.meta.url))

interface Engine {
  name: string
  accept: (receipt: Receipt) => Promise<unknown>
  close: () => Promise<void>
}

const GOAL_MS = 1
const BARE_FILE = 'a bare file with fsync'

/** Engines by name. Redis, PostgreSQL and the Durable Object belong here, too; each needs a server that runs. */
const OPENERS: Record<string, (deliver: Deliver) => Promise<Engine>> = {
  memory: async (deliver) => wrap('memory', createMemoryOutbox({ deliver })),
  async SQLite(deliver) {
    const folder = mkdtempSync(DATA_FOLDER)
    const engine = wrap('SQLite', await createSqliteOutbox({ folder, deliver }))
    return {
      ...engine,
      async close() {
        await engine.close()
        rmSync(folder, { recursive: true })
      },
    }
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

function openNone(deliver: Deliver): Engine {
  const signal = new AbortController().signal
  return {
    name: 'none',
    accept: (receipt) =>
      deliver(receipt, { eventId: receipt.id, event: 'stored', number: 1, signal }),
    close: async () => {},
  }
}

/** The least that a durable store costs on this disk: one write and one `fsync` for all that come in one turn. */
function openBareFile(deliver: Deliver): Engine {
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

let made = 0
function makeReceipt(): Receipt {
  made += 1
  const id = `01JB0000000000${String(made).padStart(12, '0')}`
  return {
    id,
    subject: 'user-42',
    issuer: 'https://login.example.com',
    profile: 'avatars',
    bucket: 'examplebucket',
    key: `avatars/user-42/${id}.png`,
    name: 'photo of the sea.png',
    size: 123_456,
    type: 'image/png',
    etag: '5D41402ABC4B2A76B9719D911017C592',
    crc64: '9962899395194021233',
    vars: { album: 'summer' },
    unverified: { requestId: '5C3D8D2A0ACA54D87B43C048', operation: 'PostObject' },
    via: 'callback',
    at: new Date(),
  }
}

/** Latencies in ms, without the application's time, of `atOnce` callers that come again as soon as they have their response. */
async function call(
  { accept }: Engine,
  atOnce: number,
  calls: number,
  readApplicationMs: (receipt: Receipt) => number = () => 0,
): Promise<number[]> {
  const latencies: number[] = []
  const callers = Array.from({ length: atOnce }, async () => {
    for (let left = calls; left > 0; left -= 1) {
      const receipt = makeReceipt()
      const startedAt = performance.now()
      await accept(receipt)
      latencies.push(performance.now() - startedAt - readApplicationMs(receipt))
    }
  })
  await Promise.all(callers)
  return latencies
}

function openAll(deliver: Deliver): Promise<Engine[]> {
  return Promise.all(Object.values(OPENERS).map((open) => open(deliver)))
}

const printMs = (ms: number): string => `${ms.toFixed(2)} ms`

async function compareLatencies(atOnce: number): Promise<Row[]> {
  // Different times, so that the callers do not run in step; a receipt has the same time in every engine.
  const readMs = ({ id }: Receipt) =>
    APPLICATION_MS.least + ((Number(id.slice(-6)) * 7) % APPLICATION_MS.spread)
  const deliver: Deliver = (receipt) =>
    new Promise((resolve) => setTimeout(() => resolve('{"ok":true}'), readMs(receipt)))
  const engines = [openNone(deliver), openBareFile(deliver), ...(await openAll(deliver))]
  for (const engine of engines) await call(engine, atOnce, CALLS, readMs)
  const figures = await takeTurns(engines, ROUNDS, async (engine) =>
    median(await call(engine, atOnce, CALLS, readMs)),
  )
  const none = figures.median('none')
  const rows = engines.slice(1).map(({ name }): Row => {
    const isGoal = name === 'SQLite' && atOnce > 1
    return {
      what:
        name === BARE_FILE
          ? `a callback through ${name}, ${atOnce} at once, application excluded`
          : `a callback through the outbox (${name}), ${atOnce} at once, application excluded`,
      against: 'no outbox',
      ours: printMs(figures.median(name)),
      theirs: printMs(none),
      ratio: figures.median(name) - none,
      unit: 'ms added',
      ...(isGoal && { goal: { most: GOAL_MS } }),
    }
  })
  for (const { close } of engines) await close()
  return rows
}

/** Without the application's time the machine never waits: how many receipts a second it records. */
async function measureRates(atOnce: number): Promise<string[][]> {
  const engines = await openAll(async () => '{"ok":true}')
  const calls = Math.ceil(4000 / atOnce)
  const figures = await takeTurns(engines, ROUNDS, async (engine) => {
    const startedAt = performance.now()
    await call(engine, atOnce, calls)
    return (atOnce * calls * 1000) / (performance.now() - startedAt)
  })
  for (const { close } of engines) await close()
  return engines.map(({ name }) => {
    const perSecond = figures.median(name)
    return [name, String(atOnce), printRate(perSecond), printMs(1000 / perSecond)]
  })
}

export async function bench(): Promise<Results> {
  const rows = [...(await compareLatencies(1)), ...(await compareLatencies(32))]
  const rates = [...(await measureRates(1)), ...(await measureRates(32))]
  const table = printTable(['Outbox', 'At once', 'Receipts recorded and delivered', 'Each'], rates)
  return {
    rows,
    extras: [`## The outbox at full load\n\nThe application responds at once.\n\n${table}`],
    profiles: [],
  }
}
