/**
 * The outbox of one Durable Object while the application is down and afterwards. Receipts are too many for events, so
 * this is a fluid in steps of a second: amounts by the number of their attempts, in the order in which they are due, with
 * the retry plan of the product. `outage-events.ts` does the same receipt by receipt, and a test compares them.
 */
import { planLongestDelay, RETRY_LIMITS } from '../../src/service/delivery/retry-plan.ts'

export interface OutageOptions {
  /** Receipts a second of this object. */
  perSecond: number
  downSeconds: number
  /** Attempts a second that the object makes of what nobody waits for: while the application is down, and when it is up. */
  backlogPerSecond: { down: number; up: number }
  /** First attempts a second, with somebody waiting. */
  waitedPerSecond: { down: number; up: number }
  /** The run ends here, drained or not. @default three days, when the product begins to give up */
  maxSeconds?: number
}

export interface OutageResult {
  /** Receipts not delivered, after each second. */
  depths: number[]
  peakReceipts: number
  /** Attempts that failed, of all receipts. */
  failedAttempts: number
  /** First attempts among them. */
  failedFirst: number
  /** Receipts delivered by a later attempt than their first. */
  deliveredLater: number
  deliveredFirst: number
  recorded: number
  /** From the return of the application until nothing is left, s; `undefined`: not within `maxSeconds`. */
  drainSeconds: number | undefined
}

/** Attempts after which the delay grows no more. */
const LAST_CLASS = (() => {
  let attempts = 1
  while (planLongestDelay(attempts) < RETRY_LIMITS.capMs) attempts += 1
  return attempts
})()
/** Drained is less than one receipt, and less than this part of the most there were. */
const DRAINED = 1000
/** Less than this is nothing: amounts are no whole numbers. */
const NOTHING = 1e-6

/** Amounts that become due at one time, by the number of their attempts. */
interface Due {
  amounts: Float64Array
  total: number
}

/** @param amount spread evenly over a time that begins with the next second */
interface Spread {
  /** Change of the amount a second, by second: a ring as long as the longest delay. */
  changes: Float64Array
  current: number
}

export function simulateOutage(options: OutageOptions): OutageResult {
  const { perSecond, downSeconds, backlogPerSecond, waitedPerSecond } = options
  const { maxSeconds = RETRY_LIMITS.giveUpAfterMs / 1000 } = options
  const ringSeconds = Math.ceil(planLongestDelay(LAST_CLASS) / 1000) + 2
  const spreads: Spread[] = Array.from({ length: LAST_CLASS + 1 }, () => ({
    changes: new Float64Array(ringSeconds),
    current: 0,
  }))
  const depths: number[] = []
  const queue: Due[] = []
  let head = 0
  let depth = 0
  const result = { failedAttempts: 0, failedFirst: 0, deliveredLater: 0, deliveredFirst: 0 }
  let recorded = 0
  let peakReceipts = 0
  let drainSeconds: number | undefined

  /** Full jitter: evenly between now and the longest delay. */
  function postpone(amount: number, attempts: number, second: number): void {
    const spread = spreads[Math.min(attempts, LAST_CLASS)]
    if (!spread || amount <= 0) return
    const lengthSeconds = Math.max(1, Math.round(planLongestDelay(attempts) / 1000))
    const change = (at: number, by: number) => {
      spread.changes[at % ringSeconds] = (spread.changes[at % ringSeconds] ?? 0) + by
    }
    change(second + 1, amount / lengthSeconds)
    change(second + 1 + lengthSeconds, -amount / lengthSeconds)
  }

  function collectDue(second: number, fresh: number): void {
    const amounts = new Float64Array(LAST_CLASS + 1)
    amounts[0] = fresh
    let total = fresh
    for (const [attempts, spread] of spreads.entries()) {
      spread.current += spread.changes[second % ringSeconds] ?? 0
      spread.changes[second % ringSeconds] = 0
      // Sums of positive and negative amounts leave a rest near zero.
      const amount = Math.max(0, spread.current)
      amounts[attempts] = (amounts[attempts] ?? 0) + amount
      total += amount
    }
    if (total > NOTHING) queue.push({ amounts, total })
  }

  /** Attempts so many of what is due, the oldest first. @returns those that were left of the allowance */
  function attempt(allowance: number, use: (amount: number, attempts: number) => void): void {
    let left = allowance
    for (let due = queue[head]; due && left > NOTHING; due = queue[head]) {
      const share = Math.min(1, left / due.total)
      for (const [attempts, amount] of due.amounts.entries()) {
        if (amount > 0) use(amount * share, attempts)
      }
      left -= due.total * share
      if (share === 1) head += 1
      else {
        due.amounts = due.amounts.map((amount) => amount * (1 - share))
        due.total *= 1 - share
      }
    }
  }

  for (let second = 0; second < maxSeconds; second += 1) {
    const isDown = second < downSeconds
    const first = Math.min(perSecond, isDown ? waitedPerSecond.down : waitedPerSecond.up)
    recorded += perSecond
    depth += perSecond
    if (isDown) {
      result.failedFirst += first
      result.failedAttempts += first
      postpone(first, 1, second)
    } else {
      result.deliveredFirst += first
      depth -= first
    }
    collectDue(second, perSecond - first)
    attempt(isDown ? backlogPerSecond.down : backlogPerSecond.up, (amount, attempts) => {
      if (isDown) {
        result.failedAttempts += amount
        postpone(amount, attempts + 1, second)
        return
      }
      result.deliveredLater += amount
      depth -= amount
    })
    depths.push(depth)
    peakReceipts = Math.max(peakReceipts, depth)
    if (!isDown && depth <= Math.min(1, peakReceipts / DRAINED)) {
      drainSeconds = second + 1 - downSeconds
      break
    }
  }
  return {
    ...result,
    recorded,
    drainSeconds,
    depths,
    peakReceipts,
  }
}
