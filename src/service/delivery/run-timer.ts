/**
 * Calls `run` of an outbox when something is due, by a timer: for memory and for Node. A Durable Object has its alarm.
 */
import type { Timers } from './timers.ts'

/** A timer looks at the store again after this, ms: the clock may have been set, or the machine may have slept. */
const MAX_SLEEP_MS = 60_000
/** A run comes back after this, ms, so that a lost one is noticed. */
const RUN_BUDGET_MS = 60_000
/** A run that has not come back after this never will, ms; a timer that is so late never fires. */
const LOST_MS = 3 * RUN_BUDGET_MS
/** After a run that failed, on a full disk for example, ms. */
const FAILED_RUN_DELAY_MS = 1000

export interface RunTimer {
  /** Runs at this time (ms since 1970) at the latest. */
  wakeAt(time: number): void
  stop(): void
}

export interface RunTimerOptions {
  run: (options: { budgetMs: number }) => Promise<Date | undefined>
  /** ms since 1970 */
  now: () => number
  timers: Timers
}

export function createRunTimer({ run, now, timers }: RunTimerOptions): RunTimer {
  let next: { at: number; timer: unknown } | undefined
  let active: { startedAt: number } | undefined
  let isMissed = false
  let isStopped = false

  const isLost = (time: number) => Math.abs(now() - time) > LOST_MS

  async function runOnce(): Promise<void> {
    const own = { startedAt: now() }
    active = own
    isMissed = false
    let at: number | undefined
    try {
      at = (await run({ budgetMs: RUN_BUDGET_MS }))?.getTime()
    } catch {
      at = now() + FAILED_RUN_DELAY_MS
    }
    if (active === own) active = undefined
    if (at !== undefined) wakeAt(at)
    if (isMissed) wakeAt(now())
    isMissed = false
  }

  function fire(): void {
    next = undefined
    if (isStopped) return
    if (!active || isLost(active.startedAt)) {
      void runOnce()
      return
    }
    isMissed = true
    wakeAt(now() + MAX_SLEEP_MS)
  }

  function wakeAt(time: number): void {
    const at = Math.min(time, now() + MAX_SLEEP_MS)
    if (isStopped || (next && next.at <= at && !isLost(next.at))) return
    if (next) timers.clear(next.timer)
    next = { at, timer: timers.set(fire, Math.max(0, at - now())) }
  }

  return {
    wakeAt,
    stop() {
      isStopped = true
      if (next) timers.clear(next.timer)
    },
  }
}
