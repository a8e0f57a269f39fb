/** Pseudo-random numbers that depend on nothing but their seed (sfc32): the same on every machine and run. */
export interface Random {
  /** From 0 to under 1. */
  next(): number
  /** A whole number from 0 to under `count`. */
  below(count: number): number
  /** Exponentially distributed, for independent arrivals. */
  exponential(mean: number): number
}

/** Numbers thrown away, so that seeds that are close to each other give different sequences. */
const MIXING_ROUNDS = 16

/** @see https://pracrand.sourceforge.net/RNG_engines.txt (sfc) */
export function createRandom(seed: number): Random {
  let [a, b, c, counter] = [seed | 0, Math.floor(seed / 2 ** 32) | 0, 0x9e3779b9 | 0, 1]

  function next(): number {
    const sum = (((a + b) | 0) + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (((c << 21) | (c >>> 11)) + sum) | 0
    return (sum >>> 0) / 2 ** 32
  }

  for (let round = 0; round < MIXING_ROUNDS; round += 1) next()
  return {
    next,
    below: (count) => Math.floor(next() * count),
    exponential: (mean) => -mean * Math.log(1 - next()),
  }
}
