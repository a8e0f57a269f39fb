/**
 * The part size to ask for at the start: the service signs each part's exact length, so it cannot change later.
 */
const MIB = 1024 * 1024
/** A broken part costs a few seconds; the overhead of a request stays small beside its bytes. */
const SECONDS_PER_PART = 8
const MIN_BYTES = MIB
/** One window of URLs is enough below 800 MiB. */
const PARTS_PER_WINDOW = 100
/** Parts for each concurrent request, so that the last part is not sent alone for long. */
const PARTS_PER_REQUEST = 2

/**
 * @param bytesPerSecond of earlier uploads, all requests together; 0 when unknown
 * @returns whole MiB; undefined leaves it to the service
 */
export function choosePartSize(
  size: number,
  bytesPerSecond: number,
  concurrency: number,
): number | undefined {
  if (!bytesPerSecond) return undefined
  const bySpeed = (bytesPerSecond / concurrency) * SECONDS_PER_PART
  const highest = size / (concurrency * PARTS_PER_REQUEST)
  const lowest = Math.max(MIN_BYTES, size / PARTS_PER_WINDOW)
  return Math.ceil(Math.max(lowest, Math.min(bySpeed, highest)) / MIB) * MIB
}
