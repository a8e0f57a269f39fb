/** One time limit for several steps. */
export interface Deadline {
  /** Milliseconds, never negative. */
  leftMs(): number
}

/** @param readClockMs a clock that is never set back @default performance.now */
export function createDeadline(
  limitMs: number,
  readClockMs: () => number = () => performance.now(),
): Deadline {
  const end = readClockMs() + limitMs
  return { leftMs: () => Math.max(0, end - readClockMs()) }
}
