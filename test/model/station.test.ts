import { describe, expect, it } from 'vitest'
import { computeErlangC, computeMd1Wait, computeMmcWait } from './formulas.ts'
import { createRandom, type Random } from './random.ts'
import { createSimulation } from './simulation.ts'
import { createStation } from './station.ts'

interface Load {
  rate: number
  servers: number
  service: (random: Random) => number
  maxWaitMs?: number
  /** @default as long as 200 000 arrivals take */
  runMs?: number
}

function load({ rate, servers, service, maxWaitMs = Infinity, runMs = 200_000 / rate }: Load) {
  const simulation = createSimulation()
  const random = createRandom(1)
  const station = createStation(simulation, servers)
  let [done, refused] = [0, 0]
  const arrive = () => {
    station.visit({
      serviceMs: service(random),
      maxWaitMs,
      onDone: () => {
        done += 1
      },
      onRefused: () => {
        refused += 1
      },
    })
    simulation.after(random.exponential(1 / rate), arrive)
  }
  simulation.after(0, arrive)
  simulation.run(runMs)
  const { stats } = station
  return { ...stats, done, refusedSeen: refused, runMs, meanWaitMs: stats.waitedMs / stats.arrived }
}

const exponential = (meanMs: number) => (random: Random) => random.exponential(meanMs)

describe('createStation', () => {
  it('serves in the order of arrival, by the server that is free first', () => {
    const simulation = createSimulation()
    const station = createStation(simulation, 2)
    const done: string[] = []
    for (const [name, serviceMs] of [
      ['a', 5],
      ['b', 2],
      ['c', 1],
      ['d', 9],
    ] as const) {
      station.visit({ serviceMs, onDone: () => done.push(`${name}${simulation.nowMs}`) })
    }
    simulation.run(100)
    expect(done).toEqual(['b2', 'c3', 'a5', 'd12'])
    expect(station.stats).toEqual({ arrived: 4, refused: 0, waitedMs: 5, busyMs: 17 })
  })

  it.each([
    [1, 0.8],
    [2, 1.6],
    [5, 4],
    [16, 14],
  ])('waits as M/M/c does by formula: %i servers, a load of %f', (servers, offered) => {
    const expected = computeMmcWait(offered / 2, 2, servers)
    const { meanWaitMs } = load({ rate: offered / 2, servers, service: exponential(2) })
    expect(Math.abs(meanWaitMs / expected - 1)).toBeLessThan(0.06)
  })

  it.each([0.3, 0.5, 0.7, 0.9])('waits as M/D/1 does by formula: a load of %f', (offered) => {
    const expected = computeMd1Wait(offered, 1)
    const { meanWaitMs } = load({ rate: offered, servers: 1, service: () => 1 })
    expect(Math.abs(meanWaitMs / expected - 1)).toBeLessThan(0.06)
  })

  it('is busy for the share of the time that the load says', () => {
    const { busyMs, runMs } = load({ rate: 0.6, servers: 2, service: exponential(2) })
    expect(busyMs / runMs / 2).toBeCloseTo(0.6, 1)
  })

  it('loses none: all that arrived were served, refused, or are still there', () => {
    const result = load({ rate: 2, servers: 1, service: () => 1, maxWaitMs: 5, runMs: 10_000 })
    expect(result.refused).toBe(result.refusedSeen)
    const there = result.arrived - result.done - result.refused
    expect(there).toBeGreaterThanOrEqual(0)
    expect(there).toBeLessThanOrEqual(7)
  })

  it('takes what it can under twice its load, and refuses the rest', () => {
    const result = load({ rate: 2, servers: 1, service: () => 1, maxWaitMs: 5, runMs: 20_000 })
    expect(result.done / 20_000).toBeCloseTo(1, 2)
    expect(result.refused / result.arrived).toBeCloseTo(0.5, 1)
    expect(result.waitedMs / (result.arrived - result.refused)).toBeLessThanOrEqual(5)
  })

  it('refuses whoever has no time left, even with a free server', () => {
    const simulation = createSimulation()
    const station = createStation(simulation, 1)
    let refused = 0
    station.visit({
      serviceMs: 1,
      maxWaitMs: -1,
      onDone: () => {},
      onRefused: () => {
        refused += 1
      },
    })
    expect(refused).toBe(1)
    expect(station.stats.busyMs).toBe(0)
  })
})

describe('the formulas', () => {
  it('give the values of the tables', () => {
    // One server: everyone who finds it busy waits. Two servers at a load of 1: 1/3.
    expect(computeErlangC(0.8, 1)).toBeCloseTo(0.8, 12)
    expect(computeErlangC(1, 2)).toBeCloseTo(1 / 3, 12)
    // M/M/1 at 0.5 and a service of 1: a wait of 1; M/D/1: of a half.
    expect(computeMmcWait(0.5, 1, 1)).toBeCloseTo(1, 12)
    expect(computeMd1Wait(0.5, 1)).toBeCloseTo(0.5, 12)
  })
})
