/** Reads a file in blocks, so that its size does not matter. */

/** Read at once: fewer calls than a camera's header has segments, little memory. */
const BLOCK_BYTES = 1 << 18

/**
 * Bytes from `at`; fewer, or none, at the end of the file. Without `length` those that are in memory, at least one where
 * there is one. The bytes are shared: they must not be changed.
 */
export type Reader = (at: number, length?: number) => Promise<Uint8Array<ArrayBuffer>>

export function createReader(file: Blob, blockBytes = BLOCK_BYTES): Reader {
  let start = 0
  let block = new Uint8Array()
  return async (at, length) => {
    const end = Math.min(at + (length ?? 1), file.size)
    if (at < start || end > start + block.length) {
      const readBytes = Math.max(length ?? 1, blockBytes)
      block = new Uint8Array(await file.slice(at, at + readBytes).arrayBuffer())
      start = at
    }
    const from = at - start
    return block.subarray(from, length === undefined ? undefined : from + length)
  }
}
