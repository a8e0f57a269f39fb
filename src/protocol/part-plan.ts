/**
 * Divides a file into parts that OSS accepts. The browser client shares it: numbers only, little to import.
 *
 * @see https://www.alibabacloud.com/help/en/oss/user-guide/multipart-upload
 */
import { ProtocolError } from './errors.ts'
import { MAX_MULTIPART_BYTES, MAX_PART_BYTES, MAX_PARTS, MIN_PART_BYTES } from './limits.ts'

const KIB = 1024
const MIB = 1024 * KIB

/** Part URLs that one response holds. */
export const PARTS_PER_WINDOW = 100

/** 8 MiB: half a second at 128 Mbit/s, and little to send again after a broken connection. */
export const DEFAULT_PART_BYTES = 8 * MIB
/** Files up to this size have at most 200 parts, whatever is wished; without a wish, 100 of 8 MiB. */
const USUAL_FILE_BYTES = 800 * MIB
const USUAL_PARTS = 2 * PARTS_PER_WINDOW
/** Part sizes that this module chooses are multiples of 64 KiB. */
const PART_STEP_BYTES = 64 * KIB

export interface PartPlan {
  /** Bytes of every part but the last. */
  partSize: number
  /** 1 … 10 000 */
  partCount: number
}

function roundUp(value: number, step: number): number {
  return Math.ceil(value / step) * step
}

/**
 * @param size bytes of the file, at least 1
 * @param options.partSize wish in bytes; raised where OSS allows no part so small, or, up to 800 MiB, where it takes more than
 *   200 parts
 * @throws {ProtocolError} `PART_PLAN` when OSS would accept no plan
 */
export function planParts(size: number, options: { partSize?: number } = {}): PartPlan {
  const wish = options.partSize ?? DEFAULT_PART_BYTES
  if (!Number.isSafeInteger(size) || size < 1 || size > MAX_MULTIPART_BYTES) {
    throw new ProtocolError('PART_PLAN', 'A multipart upload has 1 byte to 53.7 TB.')
  }
  if (!Number.isSafeInteger(wish) || wish < 1) {
    throw new ProtocolError('PART_PLAN', 'The part size must be a whole number of bytes.')
  }
  const most = size <= USUAL_FILE_BYTES ? USUAL_PARTS : MAX_PARTS
  const least = Math.max(MIN_PART_BYTES, roundUp(Math.ceil(size / most), PART_STEP_BYTES))
  const partSize = Math.min(Math.max(wish, least), MAX_PART_BYTES)
  return { partSize, partCount: Math.ceil(size / partSize) }
}

/** Bytes of a part; `partNumber` counts from 1. */
export function lengthOfPart(size: number, partSize: number, partNumber: number): number {
  return Math.min(partSize, size - (partNumber - 1) * partSize)
}
