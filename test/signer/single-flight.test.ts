import { describe, expect, it } from 'vitest'
import { createSingleFlight } from '../../src/signer/single-flight.ts'
import { START } from '../support/clock.ts'

interface Value {
  text: string
}

const NEVER = new Promise<never>(() => {})

/** Work whose runs end as the list says, the last entry for all further runs. */
function createWork(runs: readonly (() => Promise<Value>)[]) {
  const signals: AbortSignal[] = []
  return {
    signals,
    work: (_: Date, signal: AbortSignal): Promise<Value> => {
      const run = runs[Math.min(signals.length, runs.length - 1)]
      signals.push(signal)
      return run ? run() : NEVER
    },
  }
}

function later(text: string, ms: number): Promise<Value> {
  return new Promise((resolve) => setTimeout(resolve, ms, { text }))
}

describe('work shared by requests', () => {
  it('is done once for all who wait, and anew for those who come afterwards', async () => {
    const { work, signals } = createWork([() => later('a', 5), () => later('b', 5)])
    const flight = createSingleFlight(work)
    const all = [flight.run(START), flight.run(START), flight.run(START)]
    expect(flight.isRunning(START)).toBe(true)
    expect(await Promise.all(all)).toEqual([{ text: 'a' }, { text: 'a' }, { text: 'a' }])
    expect(flight.isRunning(START)).toBe(false)
    expect(await flight.run(START)).toEqual({ text: 'b' })
    expect(signals.length).toBe(2)
  })

  it('whose request was cut off is begun anew, once, by those who wait', async () => {
    const { work, signals } = createWork([() => NEVER, () => later('second', 5)])
    const flight = createSingleFlight(work, { takeOverMs: 20 })
    void flight.run(START).catch(() => undefined)
    const waiters = Array.from({ length: 50 }, () => flight.run(START))
    const texts = (await Promise.all(waiters)).map(({ text }) => text)
    expect(new Set(texts)).toEqual(new Set(['second']))
    expect(signals.length).toBe(2)
  })

  it('survives that the request which took over is cut off as well', async () => {
    const { work, signals } = createWork([() => NEVER, () => NEVER, () => later('third', 5)])
    const flight = createSingleFlight(work, { takeOverMs: 20, limitMs: 2000 })
    const cutOff = [flight.run(START), flight.run(START)]
    // In workerd nobody would see them fail, here their time limit comes.
    for (const request of cutOff) request.catch(() => undefined)
    const [second, third] = [flight.run(START), flight.run(START)]
    expect(await Promise.race([second, third])).toEqual({ text: 'third' })
    expect(signals.length).toBe(3)
  })

  it('has a time limit, and aborts its signal then', async () => {
    const { work, signals } = createWork([() => NEVER])
    const flight = createSingleFlight(work, { limitMs: 20, takeOverMs: 5 })
    await expect(flight.run(START)).rejects.toMatchObject({ name: 'TimeoutError' })
    expect(signals.map(({ aborted }) => aborted)).toEqual([true])
  })

  it('that fails fails for all who wait, and is not remembered', async () => {
    const fail = async (): Promise<Value> => {
      throw new Error('no')
    }
    const { work } = createWork([fail, async () => ({ text: 'yes' })])
    const flight = createSingleFlight(work)
    const both = await Promise.allSettled([flight.run(START), flight.run(START)])
    expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    expect(await flight.run(START)).toEqual({ text: 'yes' })
  })

  it('that throws at once rejects', async () => {
    const flight = createSingleFlight(() => {
      throw new Error('at once')
    })
    await expect(flight.run(START)).rejects.toThrow('at once')
  })

  it('that was cut off counts as running for its time limit only', () => {
    const flight = createSingleFlight(() => NEVER, { limitMs: 10_000 })
    void flight.run(START).catch(() => undefined)
    expect(flight.isRunning(new Date(START.getTime() + 9999))).toBe(true)
    expect(flight.isRunning(new Date(START.getTime() + 10_000))).toBe(false)
  })
})
