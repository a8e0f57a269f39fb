/** Callers that wait for a delivery, each with a time limit of its own that no change of the wall clock extends. */
import type { Timers } from './timers.ts'

export interface Deadline {
  /** 0 when it is over. */
  readLeftMs(): number
  /** Frees its timer. */
  end(): void
}

export interface Waiter {
  /** Resolves when it is woken, also if that was before this call; or after `limitMs`. Then it is removed. */
  wait(limitMs: number): Promise<void>
  remove(): void
}

export interface Waiters {
  createDeadline(waitMs: number): Deadline
  add(eventId: string): Waiter
  wake(eventId: string): void
  wakeAll(): void
}

/** A browser waits no longer for a response, and timers take no more than 2^31 - 1 ms. */
const MAX_WAIT_MS = 300_000

interface Entry {
  isWoken: boolean
  resolve: (() => void) | undefined
}

/** @param now ms since 1970 */
export function createWaiters(timers: Timers, now: () => number): Waiters {
  const byEvent = new Map<string, Set<Entry>>()

  function wakeEntries(entries: Iterable<Entry>): void {
    for (const entry of entries) {
      entry.isWoken = true
      entry.resolve?.()
    }
  }

  return {
    createDeadline(askedMs) {
      const startedAt = now()
      const waitMs = Math.min(askedMs, MAX_WAIT_MS)
      let isOver = !(waitMs > 0)
      const timer = isOver
        ? undefined
        : timers.set(() => {
            isOver = true
          }, waitMs)
      return {
        readLeftMs() {
          const leftMs = startedAt + waitMs - now()
          return isOver ? 0 : Math.min(waitMs, Math.max(0, leftMs))
        },
        end() {
          isOver = true
          if (timer !== undefined) timers.clear(timer)
        },
      }
    },
    add(eventId) {
      const entry: Entry = { isWoken: false, resolve: undefined }
      const entries = byEvent.get(eventId) ?? new Set()
      byEvent.set(eventId, entries.add(entry))
      function remove(): void {
        entries.delete(entry)
        if (entries.size === 0 && byEvent.get(eventId) === entries) byEvent.delete(eventId)
      }
      return {
        remove,
        async wait(limitMs) {
          if (!entry.isWoken) {
            await new Promise<void>((resolve) => {
              const timer = timers.set(resolve, limitMs)
              entry.resolve = () => {
                timers.clear(timer)
                resolve()
              }
            })
          }
          remove()
        },
      }
    },
    wake(eventId) {
      wakeEntries(byEvent.get(eventId) ?? [])
    },
    wakeAll() {
      for (const entries of byEvent.values()) wakeEntries(entries)
    },
  }
}
