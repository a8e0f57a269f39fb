import { describe, expect, it } from 'vitest'
import { createRandom } from './random.ts'
import { createSimulation } from './simulation.ts'

describe('createSimulation', () => {
  it('lets events happen in the order of their times, those of one time in the order of their planning', () => {
    const simulation = createSimulation()
    const happened: string[] = []
    for (const [name, delayMs] of [
      ['c', 3],
      ['a', 1],
      ['d', 3],
      ['b', 2],
      ['e', 3],
    ] as const) {
      simulation.after(delayMs, () => happened.push(`${name}${simulation.nowMs}`))
    }
    simulation.run(10)
    expect(happened).toEqual(['a1', 'b2', 'c3', 'd3', 'e3'])
    expect(simulation.nowMs).toBe(10)
    expect(simulation.events).toBe(5)
  })

  it('leaves what is due later, and goes on with it', () => {
    const simulation = createSimulation()
    const happened: number[] = []
    for (const delayMs of [1, 2, 3]) simulation.after(delayMs, () => happened.push(delayMs))
    simulation.run(2)
    expect(happened).toEqual([1, 2])
    simulation.run(2.5)
    expect(happened).toEqual([1, 2])
    simulation.run(3)
    expect(happened).toEqual([1, 2, 3])
  })

  it('takes events that events plan, at the same time too', () => {
    const simulation = createSimulation()
    const times: number[] = []
    const again = () => {
      times.push(simulation.nowMs)
      if (times.length < 4) simulation.after(times.length % 2, again)
    }
    simulation.after(0, again)
    simulation.run(5)
    expect(times).toEqual([0, 1, 1, 2])
  })

  it('orders many thousands as a sort does', () => {
    const simulation = createSimulation()
    const random = createRandom(11)
    const delays = Array.from({ length: 20_000 }, () => random.below(1000))
    const happened: number[] = []
    for (const delayMs of delays) simulation.after(delayMs, () => happened.push(delayMs))
    simulation.run(1000)
    expect(happened).toEqual([...delays].sort((a, b) => a - b))
  })

  it.each([-1, Number.NaN])('refuses a delay of %s', (delayMs) => {
    expect(() => createSimulation().after(delayMs, () => {})).toThrow(RangeError)
  })
})
