import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { startSweeps } from '../../src/entry/sweep-timer.ts'
import type { SweepOptions, SweepReport } from '../../src/service/delivery/sweep.ts'

const QUIET: SweepReport = {
  listed: 3,
  accepted: 0,
  failed: 0,
  aborted: 0,
  problems: [],
  isPartial: false,
}

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

describe('the sweeps of the Node service', () => {
  it('come again and again, with the age that is set, and tell only what tells something', async () => {
    const calls: (SweepOptions | undefined)[] = []
    const reports: SweepReport[] = []
    const stop = startSweeps(
      {
        async sweep(options) {
          calls.push(options)
          return calls.length === 2 ? { ...QUIET, accepted: 1 } : QUIET
        },
      },
      { seconds: 5, olderThanSeconds: 7, report: (report) => void reports.push(report) },
    )
    await vi.advanceTimersByTimeAsync(15_000)
    stop()
    await vi.advanceTimersByTimeAsync(15_000)
    expect(calls.map((options) => options?.olderThanSeconds)).toEqual([7, 7, 7])
    expect(reports).toEqual([{ ...QUIET, accepted: 1 }])
    expect(calls[2]?.signal?.aborted).toBe(true)
  })

  it('never run two at once', async () => {
    let running = 0
    let most = 0
    const stop = startSweeps(
      {
        async sweep() {
          running += 1
          most = Math.max(most, running)
          await new Promise((resolve) => setTimeout(resolve, 12_000))
          running -= 1
          return QUIET
        },
      },
      { seconds: 5, olderThanSeconds: 120, report() {} },
    )
    await vi.advanceTimersByTimeAsync(60_000)
    stop()
    expect(most).toBe(1)
  })

  it('do not happen with 0 seconds', async () => {
    const sweep = vi.fn(async () => QUIET)
    startSweeps({ sweep }, { seconds: 0, olderThanSeconds: 120, report() {} })()
    await vi.advanceTimersByTimeAsync(3_600_000)
    expect(sweep).not.toHaveBeenCalled()
  })
})
