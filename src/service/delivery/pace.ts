/** Spreads attempts evenly: at most so many a second, with a burst of one tenth of a second. */
export interface Pace {
  /** How many may start now. */
  allowance(): number
  /** Notes that so many start now. */
  spend(count: number): void
  /** When the next one may start, ms since 1970. */
  readonly nextAt: number
}

const BURST_MS = 100

export function createPace(perSecond: number, now: () => number): Pace {
  const stepMs = 1000 / perSecond
  const burstMs = Math.max(BURST_MS, stepMs)
  /** Everything that was started, laid end to end, reaches to this time. */
  let reachesTo = Number.NEGATIVE_INFINITY

  /** Unused time counts for one burst only. After the clock was set back, nothing reaches beyond one step from now. */
  function clamp(): number {
    const time = now()
    reachesTo = Math.min(Math.max(reachesTo, time - burstMs), time + stepMs)
    return time
  }

  return {
    allowance() {
      const time = clamp()
      return Math.max(0, Math.floor((time - reachesTo) / stepMs))
    },
    spend(count) {
      clamp()
      reachesTo += count * stepMs
    },
    get nextAt() {
      clamp()
      return reachesTo + stepMs
    },
  }
}
