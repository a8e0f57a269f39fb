/**
 * `x-oss-traffic-limit`: the greatest speed of a single upload or download.
 *
 * @see https://www.alibabacloud.com/help/en/oss/user-guide/single-connection-bandwidth-throttling-5
 */
import { wait } from '../behavior/faults.ts'
import { invalidArgument } from './errors.ts'
import { MAX_TRAFFIC_BITS_PER_SECOND, MIN_TRAFFIC_BITS_PER_SECOND } from './limits.ts'

// A longer chunk is passed on in pieces, so that the speed is even.
const PIECE_BYTES = 64 * 1024

/** In bit/s. @throws {OssError} `InvalidArgument` outside the bounds */
export function readTrafficLimit(text: string | undefined): number | undefined {
  if (text === undefined) return
  const bits = /^\d{1,12}$/.test(text) ? Number(text) : 0
  const [min, max] = [MIN_TRAFFIC_BITS_PER_SECOND, MAX_TRAFFIC_BITS_PER_SECOND]
  if (bits >= min && bits <= max) return bits
  const message = `The traffic limit must be from ${min} to ${max} bit/s.`
  throw invalidArgument(message, 'x-oss-traffic-limit', text)
}

/** The same bytes, not faster than the limit. */
export async function* limitTraffic(
  chunks: AsyncIterable<Uint8Array>,
  bitsPerSecond: number,
): AsyncGenerator<Uint8Array> {
  const startedMs = performance.now()
  let bytes = 0
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.byteLength; at += PIECE_BYTES) {
      const piece = chunk.subarray(at, at + PIECE_BYTES)
      bytes += piece.byteLength
      const aheadMs = (bytes * 8000) / bitsPerSecond - (performance.now() - startedMs)
      if (aheadMs > 1) await wait(aheadMs)
      yield piece
    }
  }
}
