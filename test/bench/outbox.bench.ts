/**
 * What the outbox adds to a callback: from the verified receipt to the response, without the time of the application,
 * which takes 10 to 30 ms by a timer. Against the same without an outbox: a timer is never exact. The Durable Object
 * runs in workerd, asked by HTTP; it is compared with a Worker that asks the application itself.
 */
import type { Deliver } from '../../src/service/delivery/outbox.ts'
import type { Receipt } from '../../src/signer/accept-callback.ts'
import { openWorkerEngines } from './ledger.ts'
import { median, type Rounds, takeTurns } from './measure.ts'
import {
  BARE_FILE,
  DATA_FOLDER,
  type Engine,
  openAll,
  openBareFile,
  openNone,
} from './outbox-engines.ts'
import { makeReceipt } from './receipts.ts'
import { printRate, printTable, type Results, type Row } from './report.ts'

const APPLICATION_MS = { least: 10, spread: 21 }
const ROUNDS = 9
/** Callbacks that each of those at once makes in a round, one after the other. */
const CALLS = 20
const GOAL_MS = 1

type Caller = Pick<Engine, 'name' | 'accept'>

/** Different times, so that the callers do not run in step; a receipt has the same time in every engine. */
function readMs({ id }: Pick<Receipt, 'id'>): number {
  return APPLICATION_MS.least + ((Number(id.slice(-6)) * 7) % APPLICATION_MS.spread)
}

/** Latencies in ms, without the application's time, of `atOnce` callers that come again as soon as they have their response. */
async function call(
  { accept }: Caller,
  atOnce: number,
  calls: number,
  readApplicationMs: (receipt: Receipt) => number,
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

const printMs = (ms: number): string => `${ms.toFixed(2)} ms`

/** One row for each engine but the first, which is the same without an outbox. */
async function compareLatencies(engines: readonly Caller[], atOnce: number): Promise<Row[]> {
  const measureOnce = (engine: Caller) => call(engine, atOnce, CALLS, readMs)
  for (const engine of engines) await measureOnce(engine)
  const figures: Rounds = await takeTurns(engines, ROUNDS, async (engine) =>
    median(await measureOnce(engine)),
  )
  const [none, ...others] = engines
  const theirs = figures.median(none?.name ?? '')
  return others.map(({ name }) => {
    const through = name === BARE_FILE ? name : `the outbox (${name})`
    return {
      what: `a callback through ${through}, ${atOnce} at once, application excluded`,
      against: 'no outbox',
      ours: printMs(figures.median(name)),
      theirs: printMs(theirs),
      ratio: figures.median(name) - theirs,
      unit: 'ms added',
      ...(name === 'SQLite' && atOnce > 1 && { goal: { most: GOAL_MS } }),
    }
  })
}

async function compareOnNode(atOnce: number): Promise<Row[]> {
  const deliver: Deliver = (receipt) =>
    new Promise((resolve) => setTimeout(() => resolve('{"ok":true}'), readMs(receipt)))
  const engines = [openNone(deliver), openBareFile(deliver), ...(await openAll(deliver))]
  try {
    return await compareLatencies(engines, atOnce)
  } finally {
    for (const { close } of engines) await close()
  }
}

async function compareInWorkerd(): Promise<Row[]> {
  const { engines, close } = await openWorkerEngines(DATA_FOLDER, readMs)
  try {
    return [...(await compareLatencies(engines, 1)), ...(await compareLatencies(engines, 32))]
  } finally {
    await close()
  }
}

/** Without the application's time the machine never waits: how many receipts a second it records. */
async function measureRates(atOnce: number): Promise<string[][]> {
  const engines = await openAll(async () => '{"ok":true}')
  const calls = Math.ceil(1000 / atOnce)
  const figures = await takeTurns(engines, ROUNDS, async (engine) => {
    const startedAt = performance.now()
    await call(engine, atOnce, calls, () => 0)
    return (atOnce * calls * 1000) / (performance.now() - startedAt)
  })
  for (const { close } of engines) await close()
  return engines.map(({ name }) => {
    const perSecond = figures.median(name)
    return [name, String(atOnce), printRate(perSecond), printMs(1000 / perSecond)]
  })
}

export async function bench(): Promise<Results> {
  const rows = [
    ...(await compareOnNode(1)),
    ...(await compareOnNode(32)),
    ...(await compareInWorkerd()),
  ]
  const rates = [...(await measureRates(1)), ...(await measureRates(32))]
  const table = printTable(['Outbox', 'At once', 'Receipts recorded and delivered', 'Each'], rates)
  return {
    rows,
    extras: [`## The outbox at full load\n\nThe application responds at once.\n\n${table}`],
    profiles: [],
  }
}
