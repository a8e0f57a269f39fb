/** Runs on Node and in the page: the CRC-64s in blocks of 1 MiB, as the client reads files, and the SHA-256 in one. */

import { createCrc64 } from '../../src/protocol/crc64.ts'
import { createCrc64Engine } from '../../src/protocol/crc64-engine.ts'

const BLOCK = 1024 * 1024

/** Seconds, round by round. */
export interface Seconds {
  /** The engine in WebAssembly. */
  wasm: number[]
  /** `createCrc64`, the public function: it chooses the engine by itself. */
  whole: number[]
  sha256: number[]
}

export async function measureCrc64(bytes: number, rounds: number): Promise<Seconds> {
  const data = new Uint8Array(bytes)
  for (let at = 0; at < bytes; at += 1) data[at] = (at * 31 + (at >> 8)) & 0xff
  const engine = createCrc64Engine()
  const seconds: Seconds = { wasm: [], whole: [], sha256: [] }
  const turns: { [name in keyof Seconds]: () => unknown } = {
    wasm() {
      let crc = 0n
      for (let at = 0; at < bytes; at += BLOCK)
        crc = engine.update(crc, data.subarray(at, at + BLOCK))
      return crc
    },
    whole() {
      const crc = createCrc64()
      for (let at = 0; at < bytes; at += BLOCK) crc.update(data.subarray(at, at + BLOCK))
      return crc.value()
    },
    sha256: () => crypto.subtle.digest('SHA-256', data),
  }
  if (turns.wasm() !== turns.whole()) throw new Error('The two CRC-64s disagree.')
  // The first round is the warm-up.
  for (let round = 0; round <= rounds; round += 1) {
    for (const name of ['wasm', 'whole', 'sha256'] as const) {
      const start = performance.now()
      await turns[name]()
      if (round > 0) seconds[name].push((performance.now() - start) / 1000)
    }
  }
  return seconds
}
