/**
 * Bounds how many attempts run at once, of each kind for itself. A slot is free again when its attempt ends or when its
 * time is over, whichever comes first: on Workers an attempt that a request started never ends when that request's
 * connection is reset.
 */

/** `waited`: somebody waits for the response. `backlog`: all others. */
export type SlotKind = 'waited' | 'backlog'

export interface Slot {
  kind: SlotKind
  /** ms since 1970 */
  until: number
}

export interface Slots {
  free(kind: SlotKind): number
  /** Takes a slot for so long at most, whether one is free or not. */
  take(kind: SlotKind, forMs: number): Slot
  release(slot: Slot): void
}

/** @param now ms since 1970 */
export function createSlots(limits: Record<SlotKind, number>, now: () => number): Slots {
  const taken = { waited: new Set<Slot>(), backlog: new Set<Slot>() }
  let latest = Number.NEGATIVE_INFINITY

  /** Time limits follow the wall clock; when that is set back, they move along. */
  function removeEnded(): number {
    const time = now()
    for (const slots of [taken.waited, taken.backlog]) {
      for (const slot of slots) {
        if (time < latest) slot.until -= latest - time
        if (slot.until <= time) slots.delete(slot)
      }
    }
    latest = time
    return time
  }

  return {
    free(kind) {
      removeEnded()
      return Math.max(0, limits[kind] - taken[kind].size)
    },
    take(kind, forMs) {
      const slot = { kind, until: removeEnded() + forMs }
      taken[kind].add(slot)
      return slot
    },
    release: (slot) => void taken[slot.kind].delete(slot),
  }
}
