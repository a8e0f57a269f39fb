/**
 * What the model is fed with: costs measured by the bench, limits and prices of the providers from JSON files with their
 * sources, and assumptions about the uploads.
 */
import { readFileSync } from 'node:fs'
import * as v from 'valibot'
import assumptionsJson from './assumptions.json' with { type: 'json' }
import { readLedgerCosts } from './ledger-costs.ts'
import limitsJson from './limits.json' with { type: 'json' }
import pricesJson from './prices.json' with { type: 'json' }

export class ModelError extends Error {
  override readonly name = 'ModelError'
  readonly code: 'OPTION' | 'PRICES' | 'BENCH'

  constructor(code: ModelError['code'], message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

export type AssumptionName = keyof typeof assumptionsJson
export type LimitName = keyof (typeof limitsJson)['limits']
export type PriceName = keyof (typeof pricesJson)['prices']

const PRICE_NAMES = Object.keys(pricesJson.prices) as PriceName[]

const Price = v.strictObject({
  price: v.pipe(v.number(), v.finite(), v.minValue(0)),
  /** How many of the unit the price is for. */
  per: v.pipe(v.number(), v.finite(), v.gtValue(0)),
  source: v.string(),
  note: v.optional(v.string()),
})
const Prices = v.strictObject({
  currency: v.string(),
  /** When the sources were read, an ISO date. */
  read: v.pipe(v.string(), v.isoDate()),
  prices: v.strictObject(
    Object.fromEntries(PRICE_NAMES.map((name) => [name, Price])) as Record<PriceName, typeof Price>,
  ),
})
export type Prices = v.InferOutput<typeof Prices>

/** @throws {ModelError} `PRICES` with the first fault and its place */
export function parsePrices(text: string): Prices {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (cause) {
    throw new ModelError('PRICES', 'The file of prices is not JSON.', { cause })
  }
  const parsed = v.safeParse(Prices, json)
  if (parsed.success) return parsed.output
  const [issue] = parsed.issues
  throw new ModelError(
    'PRICES',
    `In the file of prices, ${v.getDotPath(issue) ?? 'the top'}: ${issue.message}`,
  )
}

/** Processor time, microseconds. */
export interface CpuCosts {
  ticketMicrosNode: number
  ticketMicrosWorkerd: number
  /** With the outbox in memory: verification, HEAD, receipt. */
  callbackMicrosNode: number
  /** With SQLite. */
  callbackMicrosSqlite: number
}

const RESULTS_FILE = new URL('../bench/results.md', import.meta.url)

/** @throws {ModelError} `BENCH` when the table has no such row, or no processor time in it */
export function parseBench(text: string): CpuCosts {
  function find(what: string): number {
    const row = text.split('\n').find((line) => line.startsWith(`| ${what} |`))
    const micros = Number(/([\d.]+) µs CPU/.exec(row ?? '')?.[1])
    if (micros > 0) return micros
    throw new ModelError('BENCH', `The bench has no processor time of: ${what}`)
  }
  return {
    ticketMicrosNode: find('`POST /uploads` on Node, HS256, a fresh token each time'),
    ticketMicrosWorkerd: find('`POST /uploads` in workerd, HS256, a fresh token each time'),
    callbackMicrosNode: find('`POST /callbacks/oss` as a whole, outbox: memory'),
    callbackMicrosSqlite: find('`POST /callbacks/oss` as a whole, outbox: SQLite'),
  }
}

export interface Inputs {
  cpu: CpuCosts
  ledger: ReturnType<typeof readLedgerCosts>
  limits: Record<LimitName, number>
  assumptions: Record<AssumptionName, number>
  prices: Prices
}

function readValues<Name extends string>(
  entries: Record<Name, { value: number }>,
): Record<Name, number> {
  const pairs = Object.entries<{ value: number }>(entries).map(([name, { value }]) => [name, value])
  return Object.fromEntries(pairs) as Record<Name, number>
}

/** @throws {ModelError} `PRICES` */
function readPrices(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    throw new ModelError('PRICES', 'The file of prices could not be read.', { cause })
  }
}

/** @param pricesFile path of a file like prices.json; `undefined`: that file */
export function readInputs(pricesFile?: string): Inputs {
  return {
    cpu: parseBench(readFileSync(RESULTS_FILE, 'utf8')),
    ledger: readLedgerCosts(),
    limits: readValues(limitsJson.limits),
    assumptions: readValues(assumptionsJson),
    prices: parsePrices(
      pricesFile === undefined ? JSON.stringify(pricesJson) : readPrices(pricesFile),
    ),
  }
}

export { assumptionsJson as ASSUMPTIONS, limitsJson as LIMITS }
