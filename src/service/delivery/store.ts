/**
 * Port: the store below the outbox and its worker. A `Ledger` is synchronous and lives inside one transaction, so the
 * same code runs on `node:sqlite`, on the SQLite of a Durable Object and on maps in memory. Times are in ms since 1970.
 */
import type { DeliveryRecord } from './delivery-record.ts'
import type { DeliveryEventType } from './outbox.ts'

/** What one attempt needs to know. */
export interface Claim extends DeliveryRecord {
  /** This attempt included. */
  attempts: number
  /** When the first attempt became due: of the record, or of the replay. */
  since: number
  /** Whether the attempt before this one ended: `false` after a crash. */
  isPreviousEnded: boolean
}

export interface DeliveryRow {
  facts: string
  state: 'due' | 'done' | 'dead'
  attempts: number
  nextAt: number
  response: string
  error: string
}

export interface DeadRow {
  eventId: string
  uploadId: string
  event: DeliveryEventType
  receipt: string
  attempts: number
  error: string
  deadAt: number
  /** Where the next page goes on. */
  position: string
}

export interface AddOptions {
  now: number
  /** When it is due. With `attempts: 1`: when the lease of the first attempt ends. */
  nextAt: number
  /** 1: claimed by its recorder. */
  attempts: 0 | 1
}

export interface ClaimOptions {
  now: number
  /** Until when nobody else attempts it, from the number of this attempt. */
  leaseUntil: (attempts: number) => number
}

export interface Ledger {
  /** `false`: the event id is recorded already, and nothing changes. */
  add(record: DeliveryRecord, options: AddOptions): boolean
  find(eventId: string): DeliveryRow | undefined
  /** Claims up to `limit` of what is due now: the longest due first, then in the order of their records. */
  claimDue(limit: number, options: ClaimOptions): Claim[]
  /** Gives a claim back that was not attempted: due at once, and not counted. Only while `claim` is the latest one. */
  release(claim: Claim, now: number): void
  /** The first response of an event wins; a delivery that is not due any more stays as it is. */
  finish(eventId: string, response: string, now: number): void
  /** Only while `claim` is the latest one. */
  postpone(claim: Claim, error: string, times: { now: number; nextAt: number }): void
  /** Only while `claim` is the latest one. `false`: nothing changed. */
  giveUp(claim: Claim, error: string, now: number): boolean
  /** Due at once, no attempts, a new period of retries. `false`: not dead. */
  replay(eventId: string, now: number): boolean
  missing(ids: readonly string[]): string[]
  listDead(after: string | undefined, limit: number): DeadRow[]
  count(): { due: number; dead: number; oldestDueAt: number | undefined }
  /** When the next delivery is due or a lease ends, and when the oldest recorded response came. */
  readNext(): { dueAt: number | undefined; oldestDoneAt: number | undefined }
  /** Removes up to `limit` deliveries that were done before this time. */
  removeDone(before: number, limit: number): void
  /** The clock was set back: whatever was written later than `now` gets its own delay again, from `now`. */
  setClockBack(now: number): void
}

export interface CommitOptions {
  /**
   * `false`: what is written survives the end of the process, but the last of it may be lost in a power cut. For what
   * is then repeated without harm: a claim, or the result of an attempt. @default true
   */
  sync?: boolean
}

export interface DeliveryStore {
  readonly durable: boolean
  /** Runs `work` in a transaction and resolves when it is durable. `work` may run again after a failed transaction. */
  commit<T>(work: (ledger: Ledger) => T, options?: CommitOptions): Promise<T>
  /** Reads what is committed. */
  view<T>(work: (ledger: Ledger) => T): Promise<T>
  /**
   * Something will be due at this time: call `run` then, or soon after. Called inside the transaction that makes it
   * due; a call that comes too early does no harm.
   */
  wakeAt(time: number): void
  problems(): Promise<string[]>
  close(): Promise<void>
}
