/** What `measure-ledger.ts` and its Worker say to each other. */

/** After the first failed attempt; it doubles then. */
export const FIRST_DELAY_MS = 100_000

export interface LedgerOrder {
  isDown: boolean
  /** By which the object's clock is ahead, ms. */
  laterMs: number
  /** Runs the object's alarm before it counts. */
  isAlarm?: boolean
}

/** Since the order before. */
export interface LedgerCounts {
  rowsRead: number
  rowsWritten: number
  alarmsSet: number
  attempts: number
  databaseBytes: number
}
