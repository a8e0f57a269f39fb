/** Node: sweeps again and again, never two at once. */
import type { Service } from '../service/create-service.ts'
import type { SweepReport } from '../service/delivery/sweep.ts'

export interface SweepTimerOptions {
  /** Between two sweeps; 0: none. */
  seconds: number
  /** Younger objects are left to their callbacks. */
  olderThanSeconds: number
  /** Called with each report that tells something. */
  report: (report: SweepReport) => void
}

/** @returns a function that ends the timer and the sweep that runs */
export function startSweeps(
  { sweep }: Pick<Service, 'sweep'>,
  { seconds, olderThanSeconds, report }: SweepTimerOptions,
): () => void {
  if (seconds === 0) return () => {}
  const stopping = new AbortController()
  let timer: NodeJS.Timeout
  async function sweepOnce(): Promise<void> {
    const result = await sweep({ olderThanSeconds, signal: stopping.signal })
    if (result.accepted > 0 || result.failed > 0 || result.aborted > 0) report(result)
    plan()
  }
  function plan(): void {
    if (stopping.signal.aborted) return
    timer = setTimeout(() => void sweepOnce(), seconds * 1000)
    timer.unref()
  }
  plan()
  return () => {
    stopping.abort()
    clearTimeout(timer)
  }
}
