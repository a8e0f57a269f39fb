/**
 * Bounds how many attempts run at once. A slot is free again when its attempt ends or when its time is over, whichever
 * comes first: on Workers an attempt that a request started never ends when that request's connection is reset.
 */

/** `waited`: somebody waits for the response. A quarter of all slots is left to the other kind. */
export type SlotKind = 'waited' | 'backlog'

export interface Slot {
  eventId: string
  kind: SlotKind
  /** ms since 1970 */
  until: number
}

export interface Slots {
  free(kind: SlotKind): number
  /** Takes a slot for so long at most, whether one is free or not. */
  take(kind: SlotKind, eventId: string, forMs: number): Slot
  release(slot: Slot): void
  isRunning(eventId: string): boolean
}

export function createSlots(concurrency: number, now: () => number): Slots {
  const taken = new Set<Slot>()
  const perKind = concurrency - Math.floor(concurrency / 4)
  let latest = Number.NEGATIVE_INFINITY

  /** Time limits follow the wall clock; when that is set back, they move along. */
  function removeEnded(): void {
    const time = now()
    for (const slot of taken) {
      if (time < latest) slot.until -= latest - time
      if (slot.until <= time) taken.delete(slot)
    }
    latest = time
  }

  return {
    free(kind) {
      removeEnded()
      const same = [...taken].filter((slot) => slot.kind === kind).length
      return Math.max(0, Math.min(concurrency - taken.size, perKind - same))
    },
    take(kind, eventId, forMs) {
      removeEnded()
      const slot = { eventId, kind, until: latest + forMs }
      taken.add(slot)
      return slot
    },
    release: (slot) => void taken.delete(slot),
    isRunning(eventId) {
      for (const slot of taken) if (slot.eventId === eventId) return true
      return false
    },
  }
}
