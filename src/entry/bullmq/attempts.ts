/** What a worker of BullMQ does with one job: an attempt, and when to make the next one. */
import { runAttempt } from '../../service/delivery/attempt.ts'
import { type DeliveryRecord, recordDead } from '../../service/delivery/delivery-record.ts'
import type { Deliver } from '../../service/delivery/outbox.ts'
import { createPace } from '../../service/delivery/pace.ts'
import { planRetry, type RetryLimits } from '../../service/delivery/retry-plan.ts'
import {
  AttemptFailed,
  countAttempts,
  type DeliveryJob,
  hasNewStall,
  noteMoved,
  readSince,
} from './job.ts'

/** With less time left, ms, an attempt gets the longer limit, and nobody waits for it. */
const MIN_WAITED_MS = 50

/** After so many attempts, and with the period of retries over, one whose process ended is given up unattempted. */
const MAX_UNENDED_ATTEMPTS = 10
/** Looks whether the outbox closes, ms. */
const MAX_PACE_WAIT_MS = 200

/** Behind the first attempts that somebody waits for; those have priority 0. */
export const BACKLOG_PRIORITY = 1

export interface AttemptsOptions {
  deliver: Deliver
  random: () => number
  retry: RetryLimits
  waitedAttemptMs: number
  attemptMs: number
  backlogPerSecond: number
  /** Records an event, durably before it resolves. */
  record(record: DeliveryRecord): Promise<void>
  /** The outbox closes: nothing starts any more. */
  isClosing(): boolean
  /** Ends what still runs. */
  stop: AbortSignal
}

/** The job was moved to a later time: this was no attempt. BullMQ recognises it by its name. */
class MovedToLater extends Error {
  override readonly name = 'DelayedError'
}

export interface Attempts {
  /** Makes one attempt and returns the application's response. */
  process(job: DeliveryJob, token?: string, signal?: AbortSignal): Promise<string>
  /** The response of this event is recorded. */
  forget(eventId: string): void
}

/** Responses that the store could not record yet; each has less than 1 000 000 bytes. */
const MAX_UNRECORDED = 64

export function createAttempts(options: AttemptsOptions): Attempts {
  const { deliver, random, retry, waitedAttemptMs, attemptMs, stop } = options
  /** After a failure of the store the job comes back: the application need not be called again. */
  const unrecorded = new Map<string, string>()
  const pace = createPace(options.backlogPerSecond, Date.now)
  let lastTurn = Promise.resolve(true)

  /** @returns `false`: the outbox closes */
  function waitForPace(): Promise<boolean> {
    // In the order in which they came.
    const turn = lastTurn.then(takeTurn)
    lastTurn = turn
    return turn
  }

  async function takeTurn(): Promise<boolean> {
    while (!options.isClosing() && pace.allowance() < 1) {
      const waitMs = Math.min(MAX_PACE_WAIT_MS, Math.max(1, pace.nextAt - Date.now()))
      await new Promise((resolve) => setTimeout(resolve, waitMs))
    }
    if (options.isClosing()) return false
    pace.spend(1)
    return true
  }

  async function moveToLater(job: DeliveryJob, token: string | undefined, at: number) {
    await noteMoved(job)
    await job.moveToDelayed(at, token)
    return new MovedToLater()
  }

  async function endAttempt(
    job: DeliveryJob,
    { error, nextAt }: { error: string; nextAt: Date | undefined },
  ): Promise<AttemptFailed> {
    // Before the job itself is given up: a crash in between repeats this, and loses nothing.
    const dead = nextAt ? undefined : recordDead(job.data)
    if (dead) await options.record(dead)
    if (nextAt && job.priority === 0) await job.changePriority({ priority: BACKLOG_PRIORITY })
    return new AttemptFailed(error, nextAt)
  }

  function remember(eventId: string, response: string): string {
    const [oldest] = unrecorded.keys()
    if (oldest !== undefined && unrecorded.size >= MAX_UNRECORDED) unrecorded.delete(oldest)
    unrecorded.set(eventId, response)
    return response
  }

  async function attempt(
    job: DeliveryJob,
    token: string | undefined,
    signal: AbortSignal | undefined,
  ): Promise<string> {
    const number = countAttempts(job)
    const plan = (attempts: number, retryAfterSeconds?: number) =>
      planRetry(
        { attempts, since: readSince(job), now: new Date(), random, retryAfterSeconds },
        retry,
      )

    if (hasNewStall(job)) {
      const nextAt = plan(number - 1)
      if (!nextAt && number > MAX_UNENDED_ATTEMPTS) {
        await noteMoved(job)
        const error = 'The service ended during the attempts, each time.'
        throw await endAttempt(job, { error, nextAt })
      }
      // The first time at once; a receipt that ends its process each time returns as slowly as a failing one.
      if (nextAt && number > 2) throw await moveToLater(job, token, nextAt.getTime())
    }

    const leftMs = number === 1 ? job.data.waitUntil - Date.now() : 0
    const isWaited = leftMs >= MIN_WAITED_MS
    if (!isWaited && job.priority === 0) {
      await job.changePriority({ priority: BACKLOG_PRIORITY })
      throw await moveToLater(job, token, Date.now() + 1)
    }
    if (!isWaited && !(await waitForPace())) throw await moveToLater(job, token, Date.now() + 1)

    const { eventId, event, receipt } = job.data
    const result = await runAttempt(
      deliver,
      receipt,
      { eventId, event, number },
      {
        limitMs: isWaited ? Math.min(waitedAttemptMs, leftMs) : attemptMs,
        stop: signal ? AbortSignal.any([stop, signal]) : stop,
      },
    )
    if (result.kind === 'done') return remember(eventId, result.response)
    const { error } = result
    const nextAt = result.kind === 'gone' ? undefined : plan(number, result.retryAfterSeconds)
    throw await endAttempt(job, { error, nextAt })
  }

  return {
    // Three parameters: BullMQ hands over the signal only to functions that name it.
    process: async (job, token, signal) =>
      unrecorded.get(job.data.eventId) ?? attempt(job, token, signal),
    forget: (eventId) => void unrecorded.delete(eventId),
  }
}
