/**
 * The outbox over a store with transactions: what memory, SQLite and the Durable Object share. Records, starts the
 * first attempt, and lets callers wait.
 *
 * A caller never waits for another request's promise alone: it has a time limit of its own and reads the state again.
 * Over 200 lines: accepting, waiting and attempting share the state of one upload.
 */
import {
  type DeliveryRecord,
  decodeReceipt,
  recordReplaced,
  recordStored,
} from './delivery-record.ts'
import { createDeliveryWorker, type RunOptions } from './delivery-worker.ts'
import { type DeliveryState, type Outbox, OutboxError, type OutboxOptions } from './outbox.ts'
import { RETRY_LIMITS } from './retry-plan.ts'
import type { DeliveryRow, DeliveryStore } from './store.ts'
import { systemTimers, type Timers } from './timers.ts'
import type { WaitedClaim } from './waited-queue.ts'
import { createWaiters, type Deadline } from './waiters.ts'

/** A waiting caller reads the state again after this, ms, even if nothing woke it. */
const POLL_MS = 250
/** Entries; each may hold a receipt of 64 KiB. */
const MAX_DEAD_PAGE = 1000

export interface LedgerOutboxOptions extends OutboxOptions {
  store: DeliveryStore
  timers?: Timers
}

export interface LedgerOutbox extends Outbox {
  /** @see DeliveryWorker.run: the host calls it at start, when `store.wakeAt` says so, and when the last run said so */
  run(options?: RunOptions): Promise<Date | undefined>
}

function toState(row: DeliveryRow): DeliveryState {
  const { attempts, nextAt, response, error } = row
  if (row.state === 'done') return { state: 'done', response }
  if (row.state === 'dead') return { state: 'dead', attempts, error }
  return { state: 'due', attempts, nextAt: new Date(nextAt) }
}

const GONE_ROW: OutboxError = new OutboxError(
  'OUTBOX_STORE',
  'The record of this upload was removed while a caller waited for it.',
)

export function createLedgerOutbox({
  store,
  deliver,
  now: readClock = () => new Date(),
  random = Math.random,
  timers = systemTimers,
  concurrency = 16,
  waitedConcurrency = 64,
  backlogPerSecond = 500,
  retry,
  waitedAttemptMs = 4000,
  attemptMs = 15_000,
  closeMs = 5000,
  retentionMs = 14 * 24 * 3600 * 1000,
  report,
}: LedgerOutboxOptions): LedgerOutbox {
  const now = () => readClock().getTime()
  const waiters = createWaiters(timers, now)
  let closing: Promise<void> | undefined

  const worker = createDeliveryWorker({
    store,
    deliver,
    now,
    random,
    timers,
    concurrency: { backlog: concurrency, waited: waitedConcurrency },
    backlogPerSecond,
    retry: { ...RETRY_LIMITS, ...retry },
    attemptMs,
    waitedAttemptMs,
    retentionMs,
    report,
    onSettled: waiters.wake,
  })

  async function find(eventId: string): Promise<DeliveryRow> {
    const row = await store.view((ledger) => ledger.find(eventId))
    if (!row) throw GONE_ROW
    return row
  }

  /** Until the delivery is done or dead, or no attempt can end in time. */
  async function waitForEnd(eventId: string, deadline: Deadline): Promise<DeliveryState> {
    for (;;) {
      // Before reading: what changes meanwhile must wake this caller.
      const waiter = waiters.add(eventId)
      try {
        const row = await find(eventId)
        const leftMs = deadline.readLeftMs()
        const isLate = !worker.isRunning(eventId) && row.nextAt > now() + leftMs
        if (row.state !== 'due' || leftMs <= 0 || isLate || closing) return toState(row)
        await waiter.wait(Math.min(leftMs, POLL_MS))
      } finally {
        waiter.remove()
      }
    }
  }

  type Recorded = 'new' | 'known' | 'conflict'

  function commitRecord(record: DeliveryRecord, leaseUntil: number | undefined): Promise<Recorded> {
    return store.commit((ledger) => {
      const time = now()
      const nextAt = leaseUntil ?? time
      if (ledger.add(record, { now: time, nextAt, attempts: leaseUntil ? 1 : 0 })) {
        worker.wakeAt(nextAt)
        return 'new'
      }
      if (ledger.find(record.eventId)?.facts === record.facts) return 'known'
      if (ledger.add(recordReplaced(record), { now: time, nextAt: time, attempts: 0 }))
        worker.wakeAt(time)
      return 'conflict'
    })
  }

  /** Records the receipt; the first attempt is claimed along with it when somebody waits. */
  async function record(
    stored: DeliveryRecord,
    { readLeftMs }: Deadline,
  ): Promise<WaitedClaim | undefined> {
    const leaseUntil = readLeftMs() > 0 ? worker.leaseFirst() : undefined
    const recorded = await commitRecord(stored, leaseUntil)
    if (recorded === 'conflict') {
      throw new OutboxError(
        'RECEIPT_CONFLICT',
        'This upload is recorded with another size, type or checksum; the first record holds.',
      )
    }
    if (recorded === 'known' || leaseUntil === undefined) return undefined
    const claim = { ...stored, attempts: 1, since: now(), isPreviousEnded: true }
    const waited = { claim, leaseUntil, readLeftMs }
    worker.startWaited(waited)
    return waited
  }

  function assertOpen(): void {
    if (closing) throw new OutboxError('OUTBOX_CLOSED', 'The service is stopping.')
  }

  return {
    durable: store.durable,
    run: worker.run,
    async accept(receipt, waitMs) {
      assertOpen()
      const stored = recordStored(receipt)
      const deadline = waiters.createDeadline(waitMs)
      let waited: WaitedClaim | undefined
      try {
        waited = await worker.track(record(stored, deadline))
        return await waitForEnd(stored.eventId, deadline)
      } finally {
        deadline.end()
        if (waited) worker.abandonWaited(waited)
      }
    },
    async read(id) {
      const row = await store.view((ledger) => ledger.find(id))
      return row && toState(row)
    },
    missing: (ids) => store.view((ledger) => ledger.missing(ids)),
    async dead({ after, limit: asked }) {
      const limit = Math.min(MAX_DEAD_PAGE, Math.max(1, Math.floor(asked) || 1))
      const rows = await store.view((ledger) => ledger.listDead(after, limit + 1))
      const page = rows.slice(0, limit)
      const entries = page.map(({ position, receipt, deadAt, ...row }) => {
        return { ...row, receipt: decodeReceipt(receipt), deadAt: new Date(deadAt) }
      })
      const last = page.at(-1)
      return rows.length > limit && last ? { entries, next: last.position } : { entries }
    },
    async replay(eventId) {
      assertOpen()
      return store.commit((ledger) => {
        const time = now()
        const isDead = ledger.replay(eventId, time)
        if (isDead) worker.wakeAt(time)
        return isDead
      })
    },
    async stats() {
      const { due, dead, oldestDueAt } = await store.view((ledger) => ledger.count())
      return { due, dead, ...(oldestDueAt !== undefined && { oldestDueAt: new Date(oldestDueAt) }) }
    },
    problems: store.problems,
    close() {
      closing ??= (async () => {
        waiters.wakeAll()
        await worker.stop(closeMs)
        await store.close()
      })()
      return closing
    },
  }
}
