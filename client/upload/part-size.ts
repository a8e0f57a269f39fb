/**
 * The part size to ask for at the start: the service signs each part's exact length, so it cannot change later.
 */
const MIB = 1024 * 1024
/** Sizes are multiples of it: 256 KiB. */
const STEP = 2 ** 18
/** A reload loses half of each part that is on its way; the overhead of a request stays small beside its bytes. */
const SECONDS_PER_PART = 0.5
/** Of a line that is not known yet: 20 Mbit/s. */
const USUAL_BYTES_PER_SECOND = 2_500_000
/** So small a share is each part of a file: a reload loses what is on its way, at most 4 of 200, or 2 %. */
const USUAL_PARTS = 200
/** Parts for each concurrent request, so that the last part is not sent alone for long. */
const PARTS_PER_REQUEST = 2

/**
 * @param bytesPerSecond of earlier uploads, all requests together; 0 when unknown
 * @returns a multiple of 256 KiB, at least 1 MiB
 */
export function choosePartSize(size: number, bytesPerSecond: number, concurrency: number): number {
  const bySpeed = ((bytesPerSecond || USUAL_BYTES_PER_SECOND) / concurrency) * SECONDS_PER_PART
  const highest = size / (concurrency * PARTS_PER_REQUEST)
  const lowest = Math.max(MIB, size / USUAL_PARTS)
  return Math.ceil(Math.max(lowest, Math.min(bySpeed, highest)) / STEP) * STEP
}
