import { describe, expect, it } from 'vitest'
import { readInputs } from './inputs.ts'
import { type FlowOptions, type FlowResult, simulateUploads } from './upload-flow.ts'

const inputs = readInputs()
/** Enough of everything for 1 000 uploads a second. */
const ENOUGH: FlowOptions = {
  uploadsPerSecond: 1000,
  seed: 1,
  isolates: 4,
  partitions: 8,
  ossPerSecond: 10_000,
  runMs: 8000,
}
function run(options: Partial<FlowOptions> = {}): FlowResult {
  const result = simulateUploads(inputs, { ...ENOUGH, ...options })
  if (!result) throw new Error('It was not simulated.')
  return result
}

const sumEnds = ({ ends }: FlowResult) => Object.values(ends).reduce((sum, count) => sum + count, 0)

describe('simulateUploads', () => {
  it.each<[string, Partial<FlowOptions>]>([
    ['there is enough', {}],
    ['OSS takes a tenth', { ossPerSecond: 300 }],
    ['the Durable Object is full', { shards: 1, uploadsPerSecond: 1200 }],
    ['the isolate is full', { isolates: 1, uploadsPerSecond: 4000 }],
    ['keys are in the order of time', { partitions: 1, uploadsPerSecond: 3000 }],
  ])('ends each upload once when %s', (_, options) => {
    const result = run(options)
    expect(result.arrived).toBeGreaterThan(1000)
    expect(result.open).toBeGreaterThanOrEqual(0)
    expect(sumEnds(result) + result.open).toBe(result.arrived)
    const { count, ends } = result.measured
    expect(Object.values(ends).reduce((sum, one) => sum + one, 0)).toBeLessThanOrEqual(count)
  })

  it('delivers all that began early, each by its callback, when there is enough', () => {
    const { measured, ends, callbackMs } = run({ runMs: 20_000 })
    expect(measured.byCallback).toBe(measured.count)
    expect(measured.ends.delivered).toBe(measured.count)
    expect(measured.ossRefusals).toBe(0)
    expect(ends).toMatchObject({ recorded: 0, leftToSweep: 0, refusedByOss: 0, noTicket: 0 })
    // Application 50 ms, two ways of 10 ms, and what is computed.
    expect(callbackMs.median).toBeGreaterThan(70)
    expect(callbackMs.p99).toBeLessThan(100)
  })

  it('is the same for the same seed, and another for another', () => {
    expect(run({ seed: 5 })).toEqual(run({ seed: 5 }))
    expect(run({ seed: 5 }).events).not.toBe(run({ seed: 6 }).events)
  })

  it('queues in a slice as in the whole', () => {
    // Shards at 80 % of what they take; 3 do not halve, so they are simulated whole.
    const perShard = 570
    const whole = run({ uploadsPerSecond: 3 * perShard, shards: 3, isolates: 9, partitions: 15 })
    const sliced = run({
      uploadsPerSecond: 64 * perShard,
      shards: 64,
      isolates: 192,
      partitions: 320,
      ossPerSecond: 640_000 / 3,
    })
    expect([whole.slice, sliced.slice]).toEqual([1, 64])
    expect(sliced.callbackMs.median / whole.callbackMs.median).toBeCloseTo(1, 1)
    expect(sliced.callbackMs.p95 / whole.callbackMs.p95).toBeCloseTo(1, 1)
  })

  it('simulates no hopeless load, which would take minutes', () => {
    const options = { ...ENOUGH, uploadsPerSecond: 1e6, shards: 64 }
    expect(simulateUploads(inputs, options)).toBeUndefined()
  })

  it('repeats what OSS refuses, and confirms what is stored without its HEAD', () => {
    const { measured } = run({ ossPerSecond: 1500, runMs: 20_000 })
    expect(measured.ossRefusals).toBeGreaterThan(measured.count)
    expect(measured.ends.delivered).toBeGreaterThan(measured.byCallback)
  })

  it('gives up after the delays of the browser client, when OSS takes nothing', () => {
    const { ends, arrived } = run({ ossPerSecond: 1, runMs: 120_000, uploadsPerSecond: 20 })
    expect(ends.refusedByOss).toBeGreaterThan(0.2 * arrived)
    expect(ends.delivered).toBeLessThan(0.05 * arrived)
  })

  it('records and does not deliver when the Durable Object is late for its whole deadline', () => {
    const { measured } = run({
      shards: 1,
      uploadsPerSecond: 2500,
      isolates: 20,
      partitions: 40,
      ossPerSecond: 50_000,
    })
    expect(measured.ends.recorded).toBeGreaterThan(0)
    expect(measured.byCallback).toBeLessThan(0.2 * measured.count)
  })
})
