import { crc64Combine, createCrc64 } from '../src/protocol/crc64.ts'
import type { Checksum } from './load-checksum.ts'
import { rangeOfPart } from './part-table.ts'

export function createChecksum(): Checksum {
  async function crc64(blob: Blob): Promise<string> {
    const crc = createCrc64()
    for (let at = 0; at < blob.size; at += 1048576) {
      crc.update(new Uint8Array(await blob.slice(at, at + 1048576).arrayBuffer()))
    }
    return String(crc.value())
  }
  return {
    crc64,
    async findMismatches(file, table, crcs) {
      const wrong: number[] = []
      for (const [at, row] of table.rows.entries()) {
        const crc = crcs.get(at + 1) ?? crc64(file.slice(...rangeOfPart(table, at + 1)))
        crcs.set(at + 1, crc)
        if (row.kind !== 'stored' || row.crc64 !== (await crc)) {
          crcs.delete(at + 1)
          wrong.push(at + 1)
        }
      }
      return wrong
    },
    async combine(table, crcs) {
      let whole = 0n
      for (const at of table.rows.keys()) {
        const [from, to] = rangeOfPart(table, at + 1)
        whole = crc64Combine(whole, BigInt((await crcs.get(at + 1)) ?? 0), to - from)
      }
      return String(whole)
    },
  }
}
