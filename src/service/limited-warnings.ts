/** Warnings that one sender could cause as often as it likes: some of each code in a minute, then a count. */
import type { Log } from './log.ts'

export interface LimitedWarningsOptions {
  log: Log
  now: () => Date
  /** Of one code. @default 10 */
  perMinute?: number | undefined
}

interface Minute {
  startMs: number
  written: number
  left: number
}

/** Codes come from closed unions; more are not counted apart. */
const MAX_CODES = 100

export function createLimitedWarnings({
  log,
  now,
  perMinute = 10,
}: LimitedWarningsOptions): (code: string, message: string) => void {
  const minutes = new Map<string, Minute>()

  function findMinute(code: string): { minute: Minute; leftBefore: number } {
    const startMs = now().getTime()
    const known = minutes.get(code)
    if (known && startMs - known.startMs < 60_000) return { minute: known, leftBefore: 0 }
    const minute = { startMs, written: 0, left: 0 }
    if (known || minutes.size < MAX_CODES) minutes.set(code, minute)
    return { minute, leftBefore: known?.left ?? 0 }
  }

  return (code, message) => {
    const { minute, leftBefore } = findMinute(code)
    if (minute.written >= perMinute) {
      minute.left += 1
      return
    }
    minute.written += 1
    const count = leftBefore > 0 ? ` (and ${leftBefore} more before, which were not written)` : ''
    log.warning(code, message + count)
  }
}
