/** What an upload costs the Durable Object of the outbox, as `measure-ledger.ts` counted it in workerd. */
import { readFileSync } from 'node:fs'

export interface LedgerCosts {
  /** Rows written by recording a receipt and delivering it at the first attempt. */
  deliveredRows: number
  /** Rows read by the same. */
  deliveredRowsRead: number
  /** Rows written by recording a receipt whose first attempt fails. */
  failedFirstRows: number
  /** Rows written by each further attempt that fails. */
  failedAgainRows: number
  /** Rows written by a further attempt that succeeds. */
  deliveredAgainRows: number
  /** Rows written when a delivered receipt is removed after its 14 days. */
  removedRows: number
  /** Of the database, a receipt. */
  storedBytes: number
}

/** The counts, and what depends on the machine. */
export interface MeasuredLedger extends LedgerCosts {
  /** Processor time of a whole workerd for one `accept` with its HTTP, delivery included. */
  acceptCpuMicros: number
  /** ISO date. */
  date: string
  machine: string
}

export const LEDGER_COSTS_FILE = new URL('./ledger-costs.json', import.meta.url)

export function readLedgerCosts(): MeasuredLedger {
  return JSON.parse(readFileSync(LEDGER_COSTS_FILE, 'utf8')) as MeasuredLedger
}
