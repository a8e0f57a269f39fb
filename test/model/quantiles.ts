/** Quantiles of samples, by the nearest rank. */
export interface Quantiles {
  count: number
  median: number
  p95: number
  p99: number
}

/** `NaN` for each without samples. */
export function findQuantiles(samples: readonly number[]): Quantiles {
  const sorted = Float64Array.from(samples).sort()
  const at = (share: number) => sorted[Math.ceil(share * sorted.length) - 1] ?? Number.NaN
  return { count: sorted.length, median: at(0.5), p95: at(0.95), p99: at(0.99) }
}
