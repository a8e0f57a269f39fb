/**
 * Port: a receipt is recorded durably first and delivered to the application afterwards, again and again until it
 * succeeds or is given up. Every engine (memory, SQLite, BullMQ, Durable Object) implements `Outbox`; one contract
 * suite, test/service/delivery/outbox-contract.ts, tests them all.
 */
import type { Receipt } from '../../signer/accept-callback.ts'
import type { RetryLimits } from './retry-plan.ts'

/** The state of one delivery. */
export type DeliveryState =
  /** `response`: the JSON text that the application responded with. */
  | { state: 'done'; response: string }
  /** `attempts`: those made so far. `nextAt`: not later than this, the next one starts. */
  | { state: 'due'; attempts: number; nextAt: Date }
  /** Given up: no further attempt until it is replayed. */
  | { state: 'dead'; attempts: number; error: string }

/**
 * `stored`: an upload's receipt. `replaced`: the same upload id was seen with other facts (size, etag, crc64 …).
 * `dead`: the delivery of a `stored` or `replaced` event was given up.
 */
export type DeliveryEventType = 'stored' | 'replaced' | 'dead'

export interface DeliveryAttempt {
  /** The same for every attempt: the application's idempotency key. */
  eventId: string
  event: DeliveryEventType
  /** From 1. */
  number: number
  /** Aborted at the attempt's time limit, and when the outbox closes. */
  signal: AbortSignal
  /** The span of this attempt, for the header `traceparent`; absent where nothing traces. */
  traceparent?: string
}

/**
 * Brings one event to the application and returns the JSON text for the page, under 1 000 000 bytes. Any error means:
 * try again later.
 *
 * @throws {DeliveryError} `DELIVERY_GONE`: make no further attempt; any code with `retryAfterSeconds`: not before that
 */
export type Deliver = (receipt: Receipt, attempt: DeliveryAttempt) => Promise<string>

export type DeliveryErrorCode = 'DELIVERY_FAILED' | 'DELIVERY_GONE' | 'DELIVERY_RESPONSE'

/**
 * Why an attempt failed, thrown by a `Deliver`. The message is stored and shown to operators: it must hold nothing
 * secret. Any other error counts as `DELIVERY_FAILED`.
 */
export class DeliveryError extends Error {
  override readonly name = 'DeliveryError'
  readonly code: DeliveryErrorCode
  /** The application's `Retry-After`: a minimum for the next delay. */
  readonly retryAfterSeconds: number | undefined

  constructor(
    code: DeliveryErrorCode,
    message: string,
    options?: ErrorOptions & { retryAfterSeconds?: number | undefined },
  ) {
    super(message, options)
    this.code = code
    this.retryAfterSeconds = options?.retryAfterSeconds
  }
}

export type OutboxErrorCode =
  /** The outbox is closing or closed. */
  | 'OUTBOX_CLOSED'
  /** The store has no space left. */
  | 'OUTBOX_FULL'
  /** The store cannot be opened, read or written, or another process has it. */
  | 'OUTBOX_STORE'
  /** This runtime has not what the engine needs. */
  | 'OUTBOX_UNSUPPORTED'
  /** The store was written by a newer version. */
  | 'OUTBOX_VERSION'
  /** The upload id is recorded with other facts. */
  | 'RECEIPT_CONFLICT'
  /** The receipt's JSON is longer than 64 KiB. */
  | 'RECEIPT_TOO_LARGE'

/** Why nothing was recorded. `message` is for people and holds nothing secret. */
export class OutboxError extends Error {
  override readonly name = 'OutboxError'
  readonly code: OutboxErrorCode

  constructor(code: OutboxErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

export interface DeadDelivery {
  eventId: string
  uploadId: string
  event: DeliveryEventType
  receipt: Receipt
  attempts: number
  error: string
  deadAt: Date
}

export interface DeadPage {
  entries: DeadDelivery[]
  /** Pass it as `after` to read on; absent on the last page. */
  next?: string
}

export interface OutboxStats {
  due: number
  dead: number
  /** When the oldest of those due was recorded. */
  oldestDueAt?: Date
}

export interface Outbox {
  /**
   * Records the receipt, durably before it resolves, and has it delivered. The first receipt of an id wins over all
   * instances. Returns the state as soon as it is final, or when no attempt can end within `waitMs` any more.
   *
   * @throws {OutboxError} `RECEIPT_CONFLICT` when the id is recorded with other facts (bucket, key, size, type, etag,
   * crc64); a `replaced` event is recorded before, once for these facts. `RECEIPT_TOO_LARGE`, `OUTBOX_CLOSED`,
   * `OUTBOX_FULL`: nothing is recorded. `OUTBOX_STORE`: nothing is sure; the caller may try again
   */
  accept(receipt: Receipt, waitMs: number): Promise<DeliveryState>
  /** By upload id, which is the id of its `stored` event; other events by their event id. */
  read(id: string): Promise<DeliveryState | undefined>
  /** Of these upload ids, those that nobody recorded, in the order given. */
  missing(ids: readonly string[]): Promise<string[]>
  /** Dead deliveries, in the order in which they were recorded. */
  dead(page: { after?: string; limit: number }): Promise<DeadPage>
  /** Makes a dead delivery due at once with a fresh attempt count. `false`: no dead delivery has this event id. */
  replay(eventId: string): Promise<boolean>
  /** Counts for health, metrics and the list of what is pending. */
  stats(): Promise<OutboxStats>
  /** What makes the store less than durable, in sentences; empty when nothing does. */
  problems(): Promise<string[]>
  /** `false` only for memory: a restart loses everything. */
  readonly durable: boolean
  /** Starts no attempt any more, waits for the running ones up to a limit, then frees the store. */
  close(): Promise<void>
}

/** One ended attempt, for logs and metrics. */
export interface DeliveryReport {
  eventId: string
  event: DeliveryEventType
  /** From 1. */
  number: number
  result: 'done' | 'again' | 'dead'
  /** Why it failed, in one line. */
  error?: string
}

/** What every engine takes; only tests need more than `deliver` and `concurrency`. */
export interface OutboxOptions {
  deliver: Deliver
  /** @default the system clock */
  now?: () => Date
  /** From 0 to under 1, for the jitter of retries. @default Math.random */
  random?: () => number
  /** Attempts at once that nobody waits for, after a failure for example. @default 16 */
  concurrency?: number
  /** First attempts at once that a caller waits for; further ones wait for their turn. @default 64 */
  waitedConcurrency?: number
  /** Attempts a second of what nobody waits for, after an outage for example. @default 500 */
  backlogPerSecond?: number
  /** Milliseconds. @default 1 s doubling up to 1 h, three days in all */
  retry?: Partial<RetryLimits>
  /** Time limit of an attempt that somebody waits for, ms. @default 4000 (4 s) */
  waitedAttemptMs?: number
  /** Time limit of any other attempt, ms. @default 15 000 (15 s) */
  attemptMs?: number
  /** How long `close` waits for running attempts, ms. @default 5000 (5 s) */
  closeMs?: number
  /** How long delivered receipts stay recorded, ms. @default 1 209 600 000 (14 days) */
  retentionMs?: number
  /** Called after every attempt, for logs and metrics. It must not throw. */
  report?: (report: DeliveryReport) => void
}
