import { describe, expect, it } from 'vitest'
import { type OutageOptions, simulateOutage } from './outage.ts'
import { simulateOutageEvents } from './outage-events.ts'

const run = (options: Partial<OutageOptions> = {}) =>
  simulateOutage({
    perSecond: 100,
    downSeconds: 600,
    backlogPerSecond: { down: 120, up: 120 },
    waitedPerSecond: { down: 1280, up: 1280 },
    ...options,
  })

describe('simulateOutage', () => {
  it.each<[string, Partial<OutageOptions>]>([
    ['as it is', {}],
    ['a slow backlog', { backlogPerSecond: { down: 3, up: 30 } }],
    [
      'an application that does not respond',
      { waitedPerSecond: { down: 16, up: 1280 }, backlogPerSecond: { down: 0.4, up: 120 } },
    ],
    ['more than first attempts can take', { waitedPerSecond: { down: 50, up: 90 } }],
    ['for three hours', { downSeconds: 10_800 }],
  ])('loses no receipt: %s', (_, options) => {
    const result = run(options)
    const left = result.depths.at(-1) ?? Number.NaN
    const delivered = result.deliveredFirst + result.deliveredLater
    expect(delivered + left).toBeCloseTo(result.recorded, 3)
    expect(result.drainSeconds).toBeGreaterThan(0)
  })

  it('has everything that came in the outage waiting at its end', () => {
    const { depths, peakReceipts, deliveredLater } = run()
    expect(depths[599]).toBeCloseTo(60_000, 6)
    expect(peakReceipts).toBeCloseTo(60_000, 6)
    expect(deliveredLater).toBeCloseTo(60_000, 0)
  })

  it('drains no sooner than the backlog allows, and no later than the longest delay when it allows all', () => {
    const slow = run({ backlogPerSecond: { down: 10, up: 10 } })
    expect(slow.drainSeconds).toBeGreaterThanOrEqual(6000)
    expect(slow.drainSeconds).toBeLessThan(6100)
    const fast = run({ backlogPerSecond: { down: 1e6, up: 1e6 } })
    expect(fast.drainSeconds).toBeGreaterThan(60)
    expect(fast.drainSeconds).toBeLessThanOrEqual(3600)
  })

  it('delivers each at its first attempt without an outage', () => {
    const result = run({ downSeconds: 0 })
    expect(result).toMatchObject({ failedAttempts: 0, deliveredLater: 0, deliveredFirst: 100 })
    expect(result.drainSeconds).toBe(1)
  })

  it('says that it does not drain, when it does not within its time', () => {
    const result = run({ backlogPerSecond: { down: 1, up: 0 }, maxSeconds: 5000 })
    expect(result.drainSeconds).toBeUndefined()
    expect(result.depths).toHaveLength(5000)
  })

  it.each([
    { perSecond: 20, downSeconds: 600, backlogPerSecond: 100, backlogSlots: 6 },
    { perSecond: 20, downSeconds: 900, backlogPerSecond: 20, backlogSlots: 6 },
    { perSecond: 20, downSeconds: 900, backlogPerSecond: 500, backlogSlots: 2 },
  ])('agrees with the product’s own plan, pace and order, receipt by receipt: %o', (options) => {
    const { perSecond, downSeconds, backlogPerSecond, backlogSlots } = options
    const attemptMs = { down: 50, up: 50 }
    const runSeconds = 2 * downSeconds
    const events = simulateOutageEvents({ ...options, runSeconds, attemptMs, seed: 1 })
    const each = Math.min(backlogPerSecond, (1000 * backlogSlots) / attemptMs.up)
    const fluid = simulateOutage({
      perSecond,
      downSeconds,
      backlogPerSecond: { down: each, up: each },
      waitedPerSecond: { down: 1e6, up: 1e6 },
    })
    for (const share of [0.25, 0.5, 0.999, 1.1, 1.25]) {
      const second = Math.floor(share * downSeconds)
      const difference = (events.depths[second] ?? 0) - (fluid.depths[second] ?? 0)
      expect(Math.abs(difference) / fluid.peakReceipts, `at ${second} s`).toBeLessThan(0.03)
    }
    const perReceipt = (count: number, recorded: number) => count / recorded
    const ofEvents = perReceipt(events.failedAttempts, events.recorded)
    const ofFluid = perReceipt(fluid.failedAttempts, perSecond * runSeconds)
    expect(Math.abs(ofEvents / ofFluid - 1)).toBeLessThan(0.03)
  })

  it('is the same for the same seed of the events', () => {
    const options = {
      perSecond: 5,
      downSeconds: 60,
      runSeconds: 90,
      backlogPerSecond: 100,
      backlogSlots: 6,
      attemptMs: { down: 50, up: 50 },
    }
    expect(simulateOutageEvents({ ...options, seed: 3 })).toEqual(
      simulateOutageEvents({ ...options, seed: 3 }),
    )
    expect(simulateOutageEvents({ ...options, seed: 3 })).not.toEqual(
      simulateOutageEvents({ ...options, seed: 4 }),
    )
  })
})
