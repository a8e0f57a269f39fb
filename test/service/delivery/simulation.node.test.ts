/**
 * 100 histories; `SIMULATION_HISTORIES=2000` runs more, `SIMULATION_SEED=123` others. A failure prints the seed of its
 * history: `SIMULATION_SEED=<that> SIMULATION_HISTORIES=1` repeats it alone.
 */
import { describe, expect, it } from 'vitest'
import { type History, type PlantedFault, runHistory } from './simulation.ts'

const histories = Number(process.env.SIMULATION_HISTORIES ?? 100)
const firstSeed = Number(process.env.SIMULATION_SEED ?? 1)
/** Each planted fault needs no more to be found; 100 when more are asked for. */
const faultyHistories = histories > 100 ? 100 : Math.min(histories, 40)

async function runAll(count: number, planted?: PlantedFault): Promise<History[]> {
  const all: History[] = []
  for (let at = 0; at < count; at += 1) all.push(await runHistory(firstSeed + at, planted))
  return all
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, n) => total + n, 0)

describe('the simulation', { timeout: 1_800_000 }, () => {
  it('finds no violation of what is promised', async () => {
    const all = await runAll(histories)
    const total = (pick: (history: History) => number) => sum(all.map(pick))
    console.log(
      `simulation: ${histories} histories from seed ${firstSeed}: ${total(({ uploads }) => uploads)} uploads, ` +
        `${total(({ crashes }) => crashes)} crashes, ${total(({ powerCuts }) => powerCuts)} of them power cuts ` +
        `(which took ${total(({ forgotten }) => forgotten)} responses), ${total(({ dead }) => dead)} dead`,
    )
    expect(total(({ powerCuts }) => powerCuts)).toBeGreaterThan(0)
    expect(total(({ crashes }) => crashes)).toBeGreaterThan(total(({ powerCuts }) => powerCuts))
    expect(all.filter(({ violations }) => violations.length > 0)).toEqual([])
  })

  const planted: PlantedFault[] = [
    'respond before durable',
    'no sync',
    'endless lease',
    'no sweep',
    'no keys',
  ]
  it.each(planted)('catches a planted fault: %s', async (fault) => {
    const all = await runAll(faultyHistories, fault)
    const caught = all.filter(({ violations }) => violations.length > 0)
    console.log(`simulation: ${fault}: caught in ${caught.length} of ${faultyHistories} histories`)
    expect(caught.length).toBeGreaterThan(0)
  })

  it('repeats a history exactly', async () => {
    expect(await runHistory(firstSeed)).toEqual(await runHistory(firstSeed))
  })
})
