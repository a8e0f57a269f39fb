/**
 * The CRC-64 is a module of its own, fetched when first needed; the client is small without it.
 */
import type { PartTable } from './part-table.ts'

export interface Checksum {
  /** Decimal CRC-64 of a blob's bytes, read from its source. Rejects when the file cannot be read. */
  crc64(blob: Blob): Promise<string>
  /** Starts with a part that is being sent, unless it has been. */
  note(crcs: PartCrcs, partNumber: number, part: Blob): void
  /**
   * Numbers of the parts of which OSS has other bytes than the file.
   *
   * @param readStored fills the table's CRCs where CORS hid them in the answers
   */
  findMismatches(
    file: Blob,
    table: PartTable,
    crcs: PartCrcs,
    readStored: () => Promise<void>,
  ): Promise<number[]>
  /** Decimal CRC-64 of the whole file, once all its parts are known. */
  combine(table: PartTable, crcs: PartCrcs): Promise<string>
}

/** Part → CRC-64 of what was read here. */
export type PartCrcs = Map<number, Promise<string>>

let loading: Promise<Checksum | undefined> | undefined

/** @returns undefined where the module cannot be had: an upload without the check is better than none */
export function loadChecksum(): Promise<Checksum | undefined> {
  loading ??= import('./checksum.ts').then(
    ({ createChecksum }) => createChecksum(),
    () => {
      loading = undefined
      return undefined
    },
  )
  return loading
}
