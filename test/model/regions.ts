/** How uploads are spread over regions: unevenly, the share of region k in proportion to 1/√k. */

/** @returns uploads a second of each region, the busiest first */
export function splitByRegion(uploadsPerSecond: number, regions: number): number[] {
  const weights = Array.from({ length: regions }, (_, at) => 1 / Math.sqrt(at + 1))
  const sum = weights.reduce((total, weight) => total + weight, 0)
  return weights.map((weight) => (uploadsPerSecond * weight) / sum)
}
