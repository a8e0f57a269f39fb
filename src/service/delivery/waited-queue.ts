/** First attempts that a caller waits for: they start at once, or in their order when all slots are taken. */
import { type DeliveryAttempts, LEASE_MARGIN_MS } from './delivery-attempts.ts'
import type { Claim } from './store.ts'

export interface WaitedClaim {
  claim: Claim
  /** End of the lease under which its recorder claimed it, ms since 1970. */
  leaseUntil: number
  /** How long its caller still waits. */
  readLeftMs: () => number
}

export interface WaitedQueue {
  add(waited: WaitedClaim): void
  /** Its caller waits no more: if it has not started yet, it becomes part of what is due. */
  remove(waited: WaitedClaim): void
  has(eventId: string): boolean
  /** Starts as many as there are free slots. */
  startNext(): void
  /** Gives back what has not started, from now on at once. */
  stop(): void
}

export function createWaitedQueue(
  attempts: DeliveryAttempts,
  options: { now: () => number; limitMs: number },
): WaitedQueue {
  /** By event id, in the order in which they came. */
  const queued = new Map<string, WaitedClaim>()
  let isStopped = false

  function start({ claim, leaseUntil, readLeftMs }: WaitedClaim): void {
    const leasedMs = leaseUntil - LEASE_MARGIN_MS - options.now()
    const limitMs = Math.min(options.limitMs, leasedMs, readLeftMs())
    if (limitMs <= 0) {
      attempts.release(claim)
      return
    }
    const slot = attempts.slots.take('waited', limitMs + LEASE_MARGIN_MS)
    attempts.start(claim, slot, { limitMs })
  }

  function startNext(): void {
    for (const [eventId, waited] of queued) {
      if (attempts.slots.free('waited') === 0) return
      queued.delete(eventId)
      start(waited)
    }
  }

  return {
    add(waited) {
      if (isStopped) {
        attempts.release(waited.claim)
        return
      }
      queued.set(waited.claim.eventId, waited)
      startNext()
    },
    remove(waited) {
      const { claim } = waited
      if (queued.get(claim.eventId) !== waited) return
      queued.delete(claim.eventId)
      attempts.release(claim)
    },
    has: (eventId) => queued.has(eventId),
    startNext,
    stop() {
      isStopped = true
      for (const { claim } of queued.values()) attempts.release(claim)
      queued.clear()
    },
  }
}
