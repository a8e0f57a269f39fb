/**
 * Two things in one run, taking turns: each round measures every contender once, in changing order, and the ratio is
 * the median of the rounds' own ratios. Other processes on the machine then slow both sides alike.
 */
import { do_not_optimize, measure } from 'mitata'

export interface Contender {
  name: string
  /** One unit of work; its result is used, so that the call is not optimised away. */
  run: () => unknown
}

export interface CompareOptions {
  /** @default 9 */
  rounds?: number
  /** Milliseconds of measuring for each contender in each round; each begins with a garbage collection. @default 500 */
  timeMs?: number
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2
}

/** One figure per contender and round. */
export class Rounds {
  readonly #figures = new Map<string, number[]>()

  add(name: string, figure: number): void {
    this.#figures.set(name, [...(this.#figures.get(name) ?? []), figure])
  }

  median(name: string): number {
    return median(this.#figures.get(name) ?? [])
  }

  /** Median of the ratios within each round. */
  ratio(name: string, other: string): number {
    const below = this.#figures.get(other) ?? []
    return median((this.#figures.get(name) ?? []).map((one, at) => one / (below[at] ?? Number.NaN)))
  }
}

/** Lets every contender have a turn in each round; odd rounds go backwards. */
export async function takeTurns<T extends { name: string }>(
  contenders: readonly T[],
  rounds: number,
  turn: (contender: T, round: number) => Promise<number>,
): Promise<Rounds> {
  const figures = new Rounds()
  for (let round = 0; round < rounds; round += 1) {
    const order = round % 2 === 0 ? contenders : contenders.toReversed()
    for (const one of order) figures.add(one.name, await turn(one, round))
  }
  return figures
}

/** CPU time of the process in nanoseconds: what a call costs, independent of other processes. */
function readCpuNs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) * 1000
}

/** Nanoseconds of CPU a call, all threads and garbage collection included. */
export function compare(
  contenders: readonly Contender[],
  { rounds = 9, timeMs = 500 }: CompareOptions = {},
): Promise<Rounds> {
  return takeTurns(contenders, rounds, async ({ run }) => {
    // Batches of 256 keep the clock's own cost out of calls that take a microsecond.
    const options = { min_cpu_time: timeMs * 1e6, batch_samples: 256, now: readCpuNs }
    const { avg } = await measure(() => do_not_optimize(run()), options)
    return avg
  })
}
