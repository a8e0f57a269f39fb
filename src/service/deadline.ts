/** One time limit for several steps. */
export interface Deadline {
  /** Whole milliseconds, never negative: timers take no others. */
  leftMs(): number
}

/** @param readClockMs a clock that is never set back @default performance.now */
export function createDeadline(
  limitMs: number,
  readClockMs: () => number = () => performance.now(),
): Deadline {
  const end = readClockMs() + limitMs
  return { leftMs: () => Math.max(0, Math.floor(end - readClockMs())) }
}
