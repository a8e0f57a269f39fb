/**
 * Runs deliveries: claims what is due under a lease that ends by itself, a bounded number at once, the oldest first.
 * There are two kinds of attempts, each with its own bound: those that a caller waits for start at once; the others,
 * due after a failure or an outage, start at a steady pace.
 */
import {
  createDeliveryAttempts,
  type DeliveryAttemptsOptions,
  LEASE_MARGIN_MS,
  NO_SYNC,
} from './delivery-attempts.ts'
import { createPace } from './pace.ts'
import type { Slot } from './slots.ts'
import type { Claim } from './store.ts'
import { createWaitedQueue, type WaitedClaim } from './waited-queue.ts'

/** A smaller step back of the clock only makes a delivery late by so much, ms. */
const CLOCK_TOLERANCE_MS = 1000
/** Rows removed in one transaction, so that none blocks for long. */
const REMOVE_AT_ONCE = 500
/** A run looks at the store again after this at the latest, ms. */
const MAX_RUN_WAIT_MS = 10_000

export interface DeliveryWorkerOptions extends Omit<DeliveryAttemptsOptions, 'onFree'> {
  /** Attempts a second that nobody waits for. */
  backlogPerSecond: number
  /** Time limit of an attempt, ms. */
  attemptMs: number
  /** The same while a caller waits, ms. */
  waitedAttemptMs: number
  retentionMs: number
}

export interface RunOptions {
  /** Starts nothing after this, ms. @default no limit */
  budgetMs?: number
}

export interface DeliveryWorker {
  /**
   * Attempts what is due until nothing is, or until its budget is over. Several runs at once share the slots.
   *
   * @returns when to run again; `undefined`: nothing is recorded that needs a run
   */
  run(options?: RunOptions): Promise<Date | undefined>
  /** Until when a recorder holds the lease of a first attempt that it claims, ms since 1970. */
  leaseFirst(): number
  /** Starts a first attempt that its recorder claimed, as soon as a slot is free and while there is time for it. */
  startWaited(waited: WaitedClaim): void
  /** Its caller waits no more: if it has not started yet, it becomes part of what is due. */
  abandonWaited(waited: WaitedClaim): void
  /** Whether an attempt waits for its slot, runs, or has its result recorded here. */
  isRunning(eventId: string): boolean
  /** Something will be due at this time, ms since 1970. */
  wakeAt(time: number): void
  /** `stop` waits for this, too. */
  track<T>(work: Promise<T>): Promise<T>
  /** Starts nothing any more; after `graceMs` aborts what still runs. Resolves when the results are recorded. */
  stop(graceMs: number): Promise<void>
}

interface WaitingRun {
  until: number
  wake: () => void
}

export function createDeliveryWorker(options: DeliveryWorkerOptions): DeliveryWorker {
  const { store, now, timers, attemptMs, waitedAttemptMs, retentionMs } = options
  const pace = createPace(options.backlogPerSecond, now)
  const waitingRuns = new Set<WaitingRun>()
  let isStopped = false
  let latest = Number.POSITIVE_INFINITY

  /** Wakes every run that waits for a later time. */
  function wakeRuns(time: number): void {
    for (const run of waitingRuns) if (time < run.until) run.wake()
  }

  const attempts = createDeliveryAttempts({
    ...options,
    wakeAt(time) {
      store.wakeAt(time)
      wakeRuns(time)
    },
    onFree() {
      waitedQueue.startNext()
      wakeRuns(Number.NEGATIVE_INFINITY)
    },
  })
  const { slots } = attempts
  const waitedQueue = createWaitedQueue(attempts, { now, limitMs: waitedAttemptMs })

  /** Slots are taken inside the transaction, so that no other run counts them as free; they are freed when it fails. */
  async function claimBacklog(onEnd: () => void): Promise<number> {
    let taken: { claim: Claim; slot: Slot }[] = []
    const releaseAll = () => {
      for (const { slot } of taken) slots.release(slot)
      taken = []
    }
    try {
      await store.commit((ledger) => {
        releaseAll()
        const limit = isStopped ? 0 : Math.min(slots.free('backlog'), pace.allowance())
        const leaseUntil = (number: number) => attempts.leaseUntil(attemptMs, number)
        const claims = limit > 0 ? ledger.claimDue(limit, { now: now(), leaseUntil }) : []
        pace.spend(claims.length)
        const forMs = attemptMs + LEASE_MARGIN_MS
        taken = claims.map((claim) => ({ claim, slot: slots.take('backlog', forMs) }))
      }, NO_SYNC)
    } catch (error) {
      releaseAll()
      throw error
    }
    for (const { claim, slot } of taken) attempts.start(claim, slot, { limitMs: attemptMs, onEnd })
    return taken.length
  }

  async function checkClock(): Promise<void> {
    const time = now()
    // `latest` is infinite at first: the clock may have been set back while no process ran.
    if (time < latest - CLOCK_TOLERANCE_MS) {
      await store.commit((ledger) => ledger.setClockBack(time), NO_SYNC)
      latest = time
    }
    latest = Math.max(latest, time)
  }

  function waitUntil(time: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        timers.clear(timer)
        waitingRuns.delete(run)
        resolve()
      }
      const run: WaitingRun = { until: time, wake }
      const timer = timers.set(wake, Math.min(MAX_RUN_WAIT_MS, Math.max(0, time - now())))
      waitingRuns.add(run)
    })
  }

  async function run({ budgetMs = Infinity }: RunOptions = {}): Promise<Date | undefined> {
    const endsAt = now() + budgetMs
    let own = 0
    const onEnd = () => {
      own -= 1
      if (own === 0) wakeRuns(Number.NEGATIVE_INFINITY)
    }
    while (!isStopped) {
      await checkClock()
      const { dueAt = Infinity, oldestDoneAt = Infinity } = await store.view((ledger) =>
        ledger.readNext(),
      )
      const time = now()
      const removeAt = oldestDoneAt + retentionMs
      const isDue = dueAt <= time
      const mayStart = time < endsAt
      if (mayStart && removeAt < time) {
        const before = time - retentionMs
        await store.commit((ledger) => ledger.removeDone(before, REMOVE_AT_ONCE), NO_SYNC)
        continue
      }
      const isSlotFree = slots.free('backlog') > 0
      if (mayStart && isDue && isSlotFree && pace.allowance() > 0) {
        // Not `own += await …`: that would add to the number before the wait.
        const started = await attempts.track(claimBacklog(onEnd))
        own += started
        continue
      }
      if (own === 0 && !(mayStart && isDue)) {
        const nextAt = Math.min(dueAt, removeAt)
        return Number.isFinite(nextAt) ? new Date(nextAt) : undefined
      }
      // Due but all slots taken: until one is free. Over its budget: until its attempts have ended.
      const startAt = isDue ? (isSlotFree ? pace.nextAt : Infinity) : dueAt
      await waitUntil(mayStart ? Math.min(startAt, endsAt) : Infinity)
    }
    return undefined
  }

  return {
    run,
    leaseFirst: () => attempts.leaseUntil(waitedAttemptMs, 1),
    startWaited: waitedQueue.add,
    abandonWaited: waitedQueue.remove,
    isRunning: (eventId) => waitedQueue.has(eventId) || attempts.isRunning(eventId),
    wakeAt: attempts.wakeAt,
    track: attempts.track,
    async stop(graceMs) {
      isStopped = true
      waitedQueue.stop()
      wakeRuns(Number.NEGATIVE_INFINITY)
      await attempts.settle(graceMs)
    },
  }
}
