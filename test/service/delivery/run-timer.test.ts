import { describe, expect, it } from 'vitest'
import { createRunTimer } from '../../../src/service/delivery/run-timer.ts'
import { createVirtualTime } from '../../support/virtual-time.ts'

function create(run: () => Promise<Date | undefined>) {
  const time = createVirtualTime()
  const runs: number[] = []
  const startedAt = time.now()
  const runTimer = createRunTimer({
    run: () => {
      runs.push(time.now() - startedAt)
      return run()
    },
    now: time.now,
    timers: time.timers,
  })
  return { time, runs, wakeIn: (ms: number) => runTimer.wakeAt(time.now() + ms), runTimer }
}

const nothing = async () => undefined

describe('the timer of runs', () => {
  it('runs at the earliest of the times that it was given', async () => {
    const { time, runs, wakeIn } = create(nothing)
    wakeIn(500)
    wakeIn(100)
    wakeIn(900)
    await time.advance(2000)
    expect(runs).toEqual([100])
  })

  it('runs again when the run said so', async () => {
    const dates = [new Date(Date.UTC(2026, 2, 1, 8, 0, 2))]
    const { time, runs, wakeIn } = create(async () => dates.shift())
    wakeIn(0)
    await time.advance(5000)
    expect(runs).toEqual([0, 2000])
  })

  it('looks at the store at least once a minute while something is due later', async () => {
    const { time, runs, wakeIn } = create(nothing)
    wakeIn(3_600_000)
    await time.advance(60_000)
    expect(runs).toEqual([60_000])
  })

  it('runs once more when it was woken during a run', async () => {
    let finish = () => {}
    const { time, runs, wakeIn } = create(
      () =>
        new Promise((resolve) => {
          finish = () => resolve(undefined)
        }),
    )
    wakeIn(0)
    await time.advance(10)
    wakeIn(0)
    await time.advance(10)
    expect(runs).toEqual([0])
    finish()
    await time.advance(10)
    expect(runs).toEqual([0, 20])
  })

  it('does not wait for ever for a run that never comes back', async () => {
    const { time, runs, wakeIn } = create(() => new Promise(() => {}))
    wakeIn(0)
    await time.advance(10)
    wakeIn(0)
    await time.advance(400_000)
    expect(runs.length).toBeGreaterThan(1)
  })

  it('tries again a second after a run that failed', async () => {
    const { time, runs, wakeIn } = create(() => Promise.reject(new Error('disk full')))
    wakeIn(0)
    await time.advance(2500)
    expect(runs).toEqual([0, 1000, 2000])
  })

  it('runs no more once it is stopped', async () => {
    const { time, runs, wakeIn, runTimer } = create(nothing)
    wakeIn(100)
    runTimer.stop()
    wakeIn(50)
    await time.advance(1000)
    expect(runs).toEqual([])
    expect(time.pending).toBe(0)
  })
})
