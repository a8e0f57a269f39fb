/**
 * Progress as people see it, from the bytes sent: never decreasing, 100 % only at the very end.
 */
import type { Progress, UploadState } from '../options.ts'

/** Speed is that of the last 2.5 to 5 s. */
const HALF_WINDOW_MS = 2500
const EMIT_EVERY_MS = 100
/** A higher number would be shown as 100 when rounded. */
const HIGHEST_UNFINISHED = 99

/**
 * @param source its file, which may change until the first byte
 * @param now milliseconds of a monotonic clock
 * @returns a function that takes the bytes sent so far and calls the listener: on a new `state` at once, else
 *   at most every `EMIT_EVERY_MS`
 */
export function createMeter(
  source: { readonly file: { readonly size: number } },
  onProgress?: (progress: Progress) => void,
  now: () => number = () => performance.now(),
): (
  sentBytes: number,
  state: UploadState,
  isComplete?: boolean,
  nextAttemptAt?: number,
) => Progress {
  let from = { at: 0, sent: 0 }
  let next = from
  let highest = 0
  let emittedAt = now()
  let before: UploadState = 'idle'

  return (sentBytes, state, isComplete = state === 'done', nextAttemptAt) => {
    const at = now()
    const total = source.file.size
    const isNews = state !== before
    before = state
    // Bytes sent before this state do not count as its speed.
    if (isNews) next = { at, sent: sentBytes }
    if (isNews || at - next.at > HALF_WINDOW_MS) {
      from = next
      next = { at, sent: sentBytes }
    }
    const speed = Math.max(0, (1000 * (sentBytes - from.sent)) / (at - from.at || 1))
    const loaded = isComplete ? total : Math.min(total, Math.max(highest, sentBytes))
    highest = loaded
    const progress = {
      loaded,
      total,
      percentage: isComplete ? 100 : Math.min(HIGHEST_UNFINISHED, (100 * loaded) / (total || 1)),
      speed,
      etaSeconds: speed ? (total - loaded) / speed : undefined,
      nextAttemptAt,
      state,
    }
    if (isNews || at - emittedAt >= EMIT_EVERY_MS) {
      emittedAt = at
      onProgress?.(progress)
    }
    return progress
  }
}
