/**
 * Runs deliveries: claims what is due under a lease that ends by itself, a bounded number at once, the oldest first.
 * Two kinds of attempts share the slots: those that a caller waits for start at once; the others, due after a failure
 * or an outage, start at a steady pace. Neither kind can take all slots.
 *
 * Longer than 200 lines: claiming, attempting and recording the result share the slots and the waiting runs.
 */
import { runAttempt } from './attempt.ts'
import { recordDead } from './delivery-record.ts'
import type { Deliver, DeliveryEventType } from './outbox.ts'
import { createPace } from './pace.ts'
import { planLongestDelay, planRetry, type RetryLimits } from './retry-plan.ts'
import { createSlots, type Slot } from './slots.ts'
import type { Claim, ClaimOptions, DeliveryStore, Ledger } from './store.ts'
import type { Timers } from './timers.ts'

/** ms by which a lease is longer than its attempt: time to record the result. */
const LEASE_MARGIN_MS = 1000
/** A crash during each of so many attempts, and the period of retries is over: the delivery is given up unattempted. */
const MAX_UNENDED_ATTEMPTS = 10
/** A smaller step back of the clock only makes a delivery late by so much, ms. */
const CLOCK_TOLERANCE_MS = 1000
/** Rows removed in one transaction, so that none blocks for long. */
const REMOVE_AT_ONCE = 500
/** A run looks at the store again after this at the latest, ms. */
const MAX_RUN_WAIT_MS = 10_000

/** One ended attempt, for logs and metrics. */
export interface DeliveryReport {
  eventId: string
  event: DeliveryEventType
  /** From 1. */
  number: number
  result: 'done' | 'again' | 'dead'
  error?: string
}

export interface DeliveryWorkerOptions {
  store: DeliveryStore
  deliver: Deliver
  /** ms since 1970 */
  now: () => number
  random: () => number
  timers: Timers
  concurrency: number
  backlogPerSecond: number
  retry: RetryLimits
  attemptMs: number
  retentionMs: number
  /** Called with the event id after each attempt whose result is recorded. */
  onSettled: (eventId: string) => void
  report?: ((report: DeliveryReport) => void) | undefined
}

export interface DeliveryWorker {
  /**
   * Attempts what is due until nothing is, or until `budgetMs` is over. Several runs at once share the slots.
   *
   * @returns when to run again; `undefined`: nothing is recorded that needs a run
   */
  run(options?: { budgetMs?: number }): Promise<Date | undefined>
  /** A slot for a first attempt that a caller waits for, if one is free. */
  takeWaited(eventId: string, limitMs: number): Slot | undefined
  /** Frees a slot that is not used after all. */
  release(slot: Slot): void
  /** Starts an attempt that its recorder claimed. */
  start(claim: Claim, slot: Slot, limitMs: number): void
  /** Claims this delivery, if it is due, for a caller that waits for it. */
  claimWaited(eventId: string, limitMs: number): Promise<void>
  leaseUntil(limitMs: number, attempts: number): number
  isRunning(eventId: string): boolean
  /** Wakes every run that waits for a later time. */
  expect(time: number): void
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
  const { store, deliver, now, random, timers, retry, attemptMs, retentionMs } = options
  const { onSettled, report } = options
  const slots = createSlots(options.concurrency, now)
  const pace = createPace(options.backlogPerSecond, now)
  const waitingRuns = new Set<WaitingRun>()
  const running = new Set<Promise<void>>()
  const stopping = new AbortController()
  let isStopped = false
  let latest = Number.POSITIVE_INFINITY

  function leaseUntil(limitMs: number, attempts: number): number {
    // A receipt that ends the process at each attempt comes back as slowly as one that fails.
    const backoffMs = attempts > 1 ? planLongestDelay(attempts, retry) : 0
    return now() + Math.max(limitMs + LEASE_MARGIN_MS, backoffMs)
  }

  function expect(time: number): void {
    for (const run of waitingRuns) if (time < run.until) run.wake()
  }

  function addDue(ledger: Ledger, claim: Claim): void {
    const dead = recordDead(claim)
    const time = now()
    if (dead && ledger.add(dead, { now: time, nextAt: time, attempts: 0 })) wakeAt(time)
  }

  function wakeAt(time: number): void {
    store.wakeAt(time)
    expect(time)
  }

  type Result = Awaited<ReturnType<typeof runAttempt>>

  function recordResult(ledger: Ledger, claim: Claim, result: Result): DeliveryReport['result'] {
    const time = now()
    if (result.kind === 'done') {
      ledger.finish(claim.eventId, result.response, time)
      return 'done'
    }
    const nextAt =
      result.kind === 'failed' &&
      planRetry(
        {
          attempts: claim.attempts,
          since: new Date(claim.since),
          now: new Date(time),
          random,
          retryAfterSeconds: result.retryAfterSeconds,
        },
        retry,
      )
    if (nextAt) {
      ledger.postpone(claim, result.error, { now: time, nextAt: nextAt.getTime() })
      wakeAt(nextAt.getTime())
      return 'again'
    }
    if (ledger.giveUp(claim, result.error, time)) addDue(ledger, claim)
    return 'dead'
  }

  async function attempt(
    claim: Claim,
    slot: Slot,
    limitMs: number,
    onEnd?: () => void,
  ): Promise<void> {
    const { eventId, event, attempts: number } = claim
    try {
      const isHopeless =
        !claim.isPreviousEnded &&
        number > MAX_UNENDED_ATTEMPTS &&
        now() - claim.since > retry.giveUpAfterMs
      const result: Result = isHopeless
        ? { kind: 'gone', error: 'The service ended during the attempts, each time.' }
        : await runAttempt(
            deliver,
            claim.receipt,
            { eventId, event, number },
            { limitMs, stop: stopping.signal, timers },
          )
      const outcome = await store.commit((ledger) => recordResult(ledger, claim, result))
      const error = result.kind === 'done' ? {} : { error: result.error }
      report?.({ eventId, event, number, result: outcome, ...error })
    } catch {
      // The result could not be recorded, on a full disk for example: the lease ends, and the attempt is repeated.
    } finally {
      slots.release(slot)
      onEnd?.()
      onSettled(eventId)
      expect(Number.NEGATIVE_INFINITY)
    }
  }

  /** `stop` waits for it. */
  function track<T>(work: Promise<T>): Promise<T> {
    const ended = work.then(
      () => void running.delete(ended),
      () => void running.delete(ended),
    )
    running.add(ended)
    return work
  }

  /**
   * Claims and starts attempts. Slots are taken inside the transaction, so that no other run counts them as free;
   * they are freed when it fails.
   */
  async function claimInto(
    kind: Slot['kind'],
    limitMs: number,
    choose: (ledger: Ledger, free: number, options: ClaimOptions) => Claim[],
    onEnd?: () => void,
  ): Promise<number> {
    let taken: { claim: Claim; slot: Slot }[] = []
    const releaseAll = () => {
      for (const { slot } of taken) slots.release(slot)
      taken = []
    }
    try {
      await store.commit((ledger) => {
        releaseAll()
        const free = isStopped ? 0 : slots.free(kind)
        if (free === 0) return
        const until = (attempts: number) => leaseUntil(limitMs, attempts)
        const claims = choose(ledger, free, { now: now(), leaseUntil: until })
        const forMs = limitMs + LEASE_MARGIN_MS
        taken = claims.map((claim) => ({ claim, slot: slots.take(kind, claim.eventId, forMs) }))
      })
    } catch (error) {
      releaseAll()
      throw error
    }
    for (const { claim, slot } of taken) track(attempt(claim, slot, limitMs, onEnd))
    return taken.length
  }

  const claimBacklog = (onEnd: () => void) =>
    track(
      claimInto(
        'backlog',
        attemptMs,
        (ledger, free, claimOptions) => {
          const claims = ledger.claimDue(Math.min(free, pace.allowance()), claimOptions)
          pace.spend(claims.length)
          return claims
        },
        onEnd,
      ),
    )

  async function checkClock(): Promise<void> {
    const time = now()
    // `latest` is infinite at first: the clock may have been set back while no process ran.
    if (time < latest - CLOCK_TOLERANCE_MS) {
      await store.commit((ledger) => ledger.setClockBack(time))
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

  async function run({ budgetMs = Number.POSITIVE_INFINITY } = {}): Promise<Date | undefined> {
    const endsAt = now() + budgetMs
    let own = 0
    const onEnd = () => {
      own -= 1
    }
    while (!isStopped) {
      await checkClock()
      const { dueAt, oldestDoneAt } = await store.view((ledger) => ledger.readNext())
      const time = now()
      const removeAt = oldestDoneAt === undefined ? undefined : oldestDoneAt + retentionMs
      const mayStart = time < endsAt
      if (mayStart && removeAt !== undefined && removeAt < time) {
        await store.commit((ledger) => ledger.removeDone(time - retentionMs, REMOVE_AT_ONCE))
        continue
      }
      const isDue = dueAt !== undefined && dueAt <= time
      if (mayStart && isDue && slots.free('backlog') > 0 && pace.allowance() > 0) {
        own += await claimBacklog(onEnd)
        continue
      }
      if (own === 0 && !(mayStart && isDue)) {
        const nextAt = Math.min(dueAt ?? Infinity, removeAt ?? Infinity)
        return Number.isFinite(nextAt) ? new Date(nextAt) : undefined
      }
      const pacedAt = isDue && slots.free('backlog') > 0 ? pace.nextAt : Infinity
      const dueLaterAt = isDue ? Infinity : (dueAt ?? Infinity)
      await waitUntil(mayStart ? Math.min(dueLaterAt, pacedAt, endsAt) : Infinity)
    }
    return undefined
  }

  return {
    run,
    takeWaited(eventId, limitMs) {
      if (isStopped || slots.free('waited') === 0) return undefined
      return slots.take('waited', eventId, limitMs + LEASE_MARGIN_MS)
    },
    release: slots.release,
    start: (claim, slot, limitMs) => void track(attempt(claim, slot, limitMs)),
    async claimWaited(eventId, limitMs) {
      await track(
        claimInto('waited', limitMs, (ledger, _, claimOptions) => {
          const claim = ledger.claim(eventId, claimOptions)
          return claim ? [claim] : []
        }),
      )
    },
    track,
    leaseUntil,
    isRunning: slots.isRunning,
    expect,
    async stop(graceMs) {
      isStopped = true
      expect(Number.NEGATIVE_INFINITY)
      const timer = timers.set(() => stopping.abort(), graceMs)
      while (running.size > 0) await Promise.all(running)
      timers.clear(timer)
    },
  }
}
