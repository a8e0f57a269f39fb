/**
 * When a failed delivery is tried again: exponential backoff with full jitter, so that many receipts that failed
 * together do not return together. Numbers only; the clock and the dice are arguments.
 *
 * @see https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */

export interface RetryLimits {
  /** Upper end of the first delay, ms; it doubles with every attempt. @default 1000 (1 s) */
  baseMs: number
  /** The delay grows no longer than this, ms. @default 3 600 000 (1 h) */
  capMs: number
  /** From the first record to the last attempt, ms. @default 259 200 000 (3 days) */
  giveUpAfterMs: number
  /** A longer `Retry-After` counts as this, ms. @default 86 400 000 (24 h) */
  maxRetryAfterMs: number
}

const SECOND_MS = 1000
const HOUR_MS = 3600 * SECOND_MS
const DAY_MS = 24 * HOUR_MS

export const RETRY_LIMITS: RetryLimits = {
  baseMs: SECOND_MS,
  capMs: HOUR_MS,
  giveUpAfterMs: 3 * DAY_MS,
  maxRetryAfterMs: DAY_MS,
}

export interface FailedAttempt {
  /** Attempts made, this one included; from 1. */
  attempts: number
  /** When the first attempt became due: of the record, or of the replay. */
  since: Date
  now: Date
  /** From 0 to under 1. */
  random: () => number
  /** The application's `Retry-After`. Not a positive number: ignored. */
  retryAfterSeconds?: number | undefined
}

/** The longest delay that the plan gives after this many attempts, ms. */
export function planLongestDelay(
  attempts: number,
  { baseMs, capMs }: RetryLimits = RETRY_LIMITS,
): number {
  // 2 ** 1024 is Infinity, and min(capMs, Infinity) is capMs: no overflow however many attempts there were.
  return Math.min(capMs, baseMs * 2 ** Math.max(0, attempts - 1))
}

/** @returns when to try again; `undefined`: give up */
export function planRetry(
  { attempts, since, now, random, retryAfterSeconds = 0 }: FailedAttempt,
  limits: RetryLimits = RETRY_LIMITS,
): Date | undefined {
  const jitterMs = random() * planLongestDelay(attempts, limits)
  const askedMs = retryAfterSeconds > 0 ? retryAfterSeconds * SECOND_MS : 0
  const delayMs = Math.max(jitterMs, Math.min(askedMs, limits.maxRetryAfterMs))
  const at = Math.ceil(now.getTime() + delayMs)
  return at - since.getTime() > limits.giveUpAfterMs ? undefined : new Date(at)
}
