/**
 * From the bytes of a part table to what people see: never falling, 100 % only at the very end.
 */
import type { Progress, UploadState } from './options.ts'

const WINDOW_MS = 5000
const EMIT_EVERY_MS = 100
/** More would look like 100 once rounded. */
const HIGHEST_UNFINISHED = 99

export interface Meter {
  /** Takes the present sum of the table; tells the listener, but not too often unless `state` is new. */
  update(sentBytes: number, state: UploadState): void
  current(): Progress
}

/** @param now a clock that only goes forward, in milliseconds */
export function createMeter(
  total: number,
  onProgress?: (progress: Progress) => void,
  now: () => number = () => performance.now(),
): Meter {
  const samples: { at: number; sent: number }[] = []
  let progress: Progress = {
    loaded: 0,
    total,
    percentage: 0,
    speed: 0,
    etaSeconds: undefined,
    state: 'idle',
  }
  let emittedAt = Number.NEGATIVE_INFINITY

  function update(sentBytes: number, state: UploadState): void {
    const at = now()
    // Only while sending: the first sample of another stretch must not see the bytes of this one as speed.
    if (state === 'uploading') samples.push({ at, sent: sentBytes })
    else samples.length = 0
    while (samples.length > 2 && at - (samples[0]?.at ?? at) > WINDOW_MS) samples.shift()
    const first = samples[0] ?? { at, sent: sentBytes }
    const speed =
      at > first.at ? Math.max(0, ((sentBytes - first.sent) / (at - first.at)) * 1000) : 0
    const isDone = state === 'done'
    const loaded = isDone ? total : Math.min(total, Math.max(progress.loaded, sentBytes))
    const isNews = state !== progress.state
    progress = {
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
  }

  return { update, current: () => progress }
}
