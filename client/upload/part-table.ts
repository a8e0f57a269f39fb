/**
 * One row per part: the whole state of a multipart upload. Progress is its sum.
 */
import type { MultipartTicket } from '../../src/signer/ticket.ts'

/** What stays the same over all runs of a multipart upload. */
export type MultipartFacts = Pick<
  MultipartTicket,
  'id' | 'key' | 'session' | 'partSize' | 'partCount'
>

export type PartState =
  | { kind: 'waiting' }
  | { kind: 'sending'; sentBytes: number }
  /** `crc64`: as OSS computed it, where it could be read. */
  | { kind: 'stored'; crc64: string | undefined }

export interface PartTable {
  readonly size: number
  readonly partSize: number
  /** Row n − 1 belongs to part n. */
  readonly rows: PartState[]
}

const WAITING: PartState = { kind: 'waiting' }

export function createPartTable(size: number, partSize: number, partCount: number): PartTable {
  return { size, partSize, rows: new Array<PartState>(partCount).fill(WAITING) }
}

/** First byte and the byte after the last one of a part. */
export function rangeOfPart({ size, partSize }: PartTable, partNumber: number): [number, number] {
  return [(partNumber - 1) * partSize, Math.min(partNumber * partSize, size)]
}

export function setPart(table: PartTable, partNumber: number, state: PartState = WAITING): void {
  table.rows[partNumber - 1] = state
}

/** All parts wait again. */
export function clearParts({ rows }: PartTable): void {
  rows.fill(WAITING)
}

/** The next part to send, or 0. */
export function findWaiting({ rows }: PartTable): number {
  return rows.findIndex(({ kind }) => kind === 'waiting') + 1
}

/** Parts that are not stored on OSS, ascending: waiting or being sent. */
export function listMissing({ rows }: PartTable): number[] {
  return rows.flatMap(({ kind }, at) => (kind === 'stored' ? [] : at + 1))
}

export function sumSent(table: PartTable): number {
  const { rows, size, partSize } = table
  return rows.reduce((sum, row, at) => {
    const length = Math.min(partSize, size - at * partSize)
    return sum + (row.kind === 'stored' ? length : row.kind === 'sending' ? row.sentBytes : 0)
  }, 0)
}
