/**
 * Time that passes only when a test says so: timers fire in order, and between two of them everything that can go on
 * without time goes on. The wall clock can be set without any time passing.
 */
import type { Timers } from '../../src/service/delivery/timers.ts'

export interface VirtualTime {
  /** ms since 1970, by the wall clock. */
  now(): number
  timers: Timers
  /** Lets so much time pass, or less when `isOver` says so after a timer. */
  advance(ms: number, isOver?: () => boolean): Promise<void>
  /** Moves the wall clock, not the timers. */
  setClock(byMs: number): void
  /** Timers that wait. */
  readonly pending: number
}

interface Timer {
  at: number
  order: number
  callback: () => void
}

/** Until no promise can go on any more. */
function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

export function createVirtualTime(start = Date.UTC(2026, 2, 1, 8)): VirtualTime {
  const waiting = new Set<Timer>()
  let elapsed = 0
  let offset = start
  let order = 0

  function findNext(): Timer | undefined {
    let next: Timer | undefined
    for (const timer of waiting) {
      if (!next || timer.at < next.at || (timer.at === next.at && timer.order < next.order)) {
        next = timer
      }
    }
    return next
  }

  return {
    now: () => offset + Math.floor(elapsed),
    timers: {
      set(callback, delayMs) {
        order += 1
        const timer = { at: elapsed + Math.max(0, delayMs), order, callback }
        waiting.add(timer)
        return timer
      },
      clear: (timer) => void waiting.delete(timer as Timer),
    },
    async advance(ms, isOver = () => false) {
      const end = elapsed + ms
      await settle()
      for (let next = findNext(); next && next.at <= end; next = findNext()) {
        elapsed = Math.max(elapsed, next.at)
        waiting.delete(next)
        next.callback()
        await settle()
        if (isOver()) return
      }
      elapsed = end
    },
    setClock(byMs) {
      offset += byMs
    },
    get pending() {
      return waiting.size
    },
  }
}
