/**
 * From the bytes of a part table to what people see: never falling, 100 % only at the very end.
 */
import type { Progress, UploadState } from '../options.ts'

/** Speed is that of the last 2.5 to 5 s. */
const HALF_WINDOW_MS = 2500
const EMIT_EVERY_MS = 100
/** More would look like 100 once rounded. */
const HIGHEST_UNFINISHED = 99

/**
 * @param now a clock that only goes forward, in milliseconds
 * @returns takes the present sum of the table; tells the listener, but not too often unless `state` is new
 */
export function createMeter(
  total: number,
  onProgress?: (progress: Progress) => void,
  now: () => number = () => performance.now(),
): (sentBytes: number, state: UploadState) => Progress {
  let from = { at: 0, sent: 0 }
  let next = from
  let highest = 0
  let emittedAt = now()
  let before: UploadState = 'idle'

  return (sentBytes, state) => {
    const at = now()
    const isDone = state === 'done'
    const isNews = state !== before
    before = state
    // What was sent in an earlier stretch is not speed.
    if (isNews) next = { at, sent: sentBytes }
    if (isNews || at - next.at > HALF_WINDOW_MS) {
      from = next
      next = { at, sent: sentBytes }
    }
    const speed = Math.max(0, (1000 * (sentBytes - from.sent)) / (at - from.at || 1))
    const loaded = isDone ? total : Math.min(total, Math.max(highest, sentBytes))
    highest = loaded
    const progress = {
      loaded,
      total,
      percentage: isDone ? 100 : Math.min(HIGHEST_UNFINISHED, (100 * loaded) / (total || 1)),
      speed,
      etaSeconds: speed ? (total - loaded) / speed : undefined,
      state,
    }
    if (isNews || at - emittedAt >= EMIT_EVERY_MS) {
      emittedAt = at
      onProgress?.(progress)
    }
    return progress
  }
}
