/** Attempts as they run in this process: each under a lease and in a slot, its result recorded in the store. */
import { type AttemptResult, runAttempt } from './attempt.ts'
import { recordDead } from './delivery-record.ts'
import type { Deliver, DeliveryReport } from './outbox.ts'
import { planLongestDelay, planRetry, type RetryLimits } from './retry-plan.ts'
import { createSlots, type Slot, type SlotKind, type Slots } from './slots.ts'
import type { Claim, DeliveryStore, Ledger } from './store.ts'
import type { Timers } from './timers.ts'

/** ms by which a lease is longer than its attempt: time to record the result. */
export const LEASE_MARGIN_MS = 1000
/** A crash during each of so many attempts, and the period of retries is over: the delivery is given up unattempted. */
const MAX_UNENDED_ATTEMPTS = 10
/** Lost in a power cut, a claim or a result only means one more attempt under the same event id. */
export const NO_SYNC = { sync: false }

export interface DeliveryAttemptsOptions {
  store: DeliveryStore
  deliver: Deliver
  /** ms since 1970 */
  now: () => number
  random: () => number
  timers: Timers
  retry: RetryLimits
  /** How many attempts of each kind may run at once. */
  concurrency: Record<SlotKind, number>
  /** A slot is free; the result of the attempt that had it will be recorded in the next transaction. */
  onFree: () => void
  /** The result is recorded, or could not be. */
  onSettled: (eventId: string) => void
  report?: ((report: DeliveryReport) => void) | undefined
}

export interface DeliveryAttempts {
  slots: Slots
  /** Until when nobody else attempts it, ms since 1970; `attempts`: this one included. */
  leaseUntil(limitMs: number, attempts: number): number
  start(claim: Claim, slot: Slot, options: { limitMs: number; onEnd?: () => void }): void
  /** Gives a claim back that was not attempted: it is due at once. */
  release(claim: Claim): void
  isRunning(eventId: string): boolean
  /** Something will be due at this time, ms since 1970. */
  wakeAt(time: number): void
  /** `settle` waits for this, too. */
  track<T>(work: Promise<T>): Promise<T>
  /** Waits until every result is recorded; after `graceMs` aborts what still runs. */
  settle(graceMs: number): Promise<void>
}

export function createDeliveryAttempts(
  options: DeliveryAttemptsOptions & { wakeAt: (time: number) => void },
): DeliveryAttempts {
  const { store, deliver, now, random, timers, retry, wakeAt, onFree, onSettled, report } = options
  const slots = createSlots(options.concurrency, now)
  const tracked = new Set<Promise<void>>()
  /** Events with an attempt here, until its result is recorded. */
  const running = new Map<string, Slot>()
  const stopping = new AbortController()

  function planNext(claim: Claim, result: AttemptResult, time: number): number | undefined {
    if (result.kind !== 'failed') return undefined
    const { attempts } = claim
    const { retryAfterSeconds } = result
    const [since, at] = [new Date(claim.since), new Date(time)]
    return planRetry({ attempts, since, now: at, random, retryAfterSeconds }, retry)?.getTime()
  }

  function record(ledger: Ledger, claim: Claim, result: AttemptResult): DeliveryReport['result'] {
    const time = now()
    if (result.kind === 'done') {
      ledger.finish(claim.eventId, result.response, time)
      return 'done'
    }
    const nextAt = planNext(claim, result, time)
    if (nextAt !== undefined) {
      ledger.postpone(claim, result.error, { now: time, nextAt })
      wakeAt(nextAt)
      return 'again'
    }
    const dead = ledger.giveUp(claim, result.error, time) ? recordDead(claim) : undefined
    if (dead && ledger.add(dead, { now: time, nextAt: time, attempts: 0 })) wakeAt(time)
    return 'dead'
  }

  async function runClaim(claim: Claim, limitMs: number): Promise<AttemptResult> {
    const { eventId, event, attempts: number, isPreviousEnded } = claim
    const isOver = now() - claim.since > retry.giveUpAfterMs
    if (isOver && !isPreviousEnded && number > MAX_UNENDED_ATTEMPTS) {
      return { kind: 'gone', error: 'The service ended during the attempts, each time.' }
    }
    const attempt = { eventId, event, number }
    return runAttempt(deliver, claim.receipt, attempt, { limitMs, stop: stopping.signal, timers })
  }

  async function attempt(claim: Claim, slot: Slot, limitMs: number): Promise<void> {
    const { eventId, event, attempts: number } = claim
    running.set(eventId, slot)
    const result = await runClaim(claim, limitMs)
    const recorded = store.commit((ledger) => record(ledger, claim, result), NO_SYNC)
    // Before it is recorded: what starts next is then claimed in the same transaction.
    slots.release(slot)
    onFree()
    try {
      const outcome = await recorded
      const error = result.kind === 'done' ? {} : { error: result.error }
      report?.({ eventId, event, number, result: outcome, ...error })
    } catch {
      // The result could not be recorded, on a full disk for example: the lease ends, and the attempt is repeated.
    } finally {
      running.delete(eventId)
      onSettled(eventId)
    }
  }

  function track<T>(work: Promise<T>): Promise<T> {
    const ended = work.then(
      () => void tracked.delete(ended),
      () => void tracked.delete(ended),
    )
    tracked.add(ended)
    return work
  }

  return {
    slots,
    leaseUntil(limitMs, attempts) {
      // A receipt that ends the process at each attempt comes back as slowly as one that fails.
      const backoffMs = attempts > 1 ? planLongestDelay(attempts, retry) : 0
      return now() + Math.max(limitMs + LEASE_MARGIN_MS, backoffMs)
    },
    start(claim, slot, { limitMs, onEnd }) {
      void track(attempt(claim, slot, limitMs).finally(onEnd))
    },
    release(claim) {
      const released = store.commit((ledger) => {
        const time = now()
        ledger.release(claim, time)
        wakeAt(time)
      }, NO_SYNC)
      // When that fails, the lease ends, and it is due again.
      track(released).catch(() => {})
    },
    isRunning: (eventId) => (running.get(eventId)?.until ?? 0) > now(),
    wakeAt,
    track,
    async settle(graceMs) {
      const timer = timers.set(() => stopping.abort(), graceMs)
      while (tracked.size > 0) await Promise.all(tracked)
      timers.clear(timer)
    },
  }
}
