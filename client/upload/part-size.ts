/**
 * The part size to ask for at the start: the service signs each part's exact length, so it cannot change later.
 */
const MIB = 1024 * 1024
/** Short enough to be repeated without tears, long enough to make the request's own cost small. */
const SECONDS_PER_PART = 8
const MIN_BYTES = MIB
/** One window of URLs is enough below 800 MiB. */
const PARTS_PER_WINDOW = 100
/** Some parts for each lane: the last ones must not be left to a single lane. */
const PARTS_PER_LANE = 2

/**
 * @param bytesPerSecond of earlier uploads, all lanes together; 0 when unknown
 * @returns whole MiB; undefined leaves it to the service
 */
export function choosePartSize(
  size: number,
  bytesPerSecond: number,
  lanes: number,
): number | undefined {
  if (!bytesPerSecond) return undefined
  const bySpeed = (bytesPerSecond / lanes) * SECONDS_PER_PART
  const highest = size / (lanes * PARTS_PER_LANE)
  const lowest = Math.max(MIN_BYTES, size / PARTS_PER_WINDOW)
  return Math.ceil(Math.max(lowest, Math.min(bySpeed, highest)) / MIB) * MIB
}
