/**
 * How far the server's clock is ahead of the page's. Each thing that happens on the server after one moment of the page and
 * before another sets bounds to it.
 */

export interface ServerClock {
  /** @param fromMs, toMs of this page's clock, around the moment of the server's clock */
  narrow(fromMs: number, serverMs: number, toMs: number): void
  toPageMs(serverMs: number): number
}

export function createServerClock(): ServerClock {
  let low = Number.NEGATIVE_INFINITY
  let high = Number.POSITIVE_INFINITY

  function readAheadMs(): number {
    // On one machine it is the same clock.
    if (low <= 0 && high >= 0) return 0
    return Number.isFinite(low + high) ? (low + high) / 2 : 0
  }

  return {
    narrow(fromMs, serverMs, toMs) {
      const [newLow, newHigh] = [serverMs - toMs, serverMs - fromMs]
      if (newLow > newHigh) return
      // Bounds that exclude each other: a clock was set.
      const isLost = newLow > high || newHigh < low
      low = isLost ? newLow : Math.max(low, newLow)
      high = isLost ? newHigh : Math.min(high, newHigh)
    },
    toPageMs: (serverMs) => serverMs - readAheadMs(),
  }
}
