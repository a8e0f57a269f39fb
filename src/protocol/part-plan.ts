/**
 * Cutting a file into parts that OSS accepts. Shared with the browser: numbers only, no imports but the error.
 *
 * @see https://www.alibabacloud.com/help/en/oss/user-guide/multipart-upload
 */
import { ProtocolError } from './errors.ts'

const KIB = 1024
const MIB = 1024 * KIB

/** 100 KiB, for every part but the last; checked by OSS at Complete. */
export const MIN_PART_BYTES = 100 * KIB
/** 5 GiB. */
export const MAX_PART_BYTES = 5 * 1024 * MIB
export const MAX_PARTS = 10_000
/** 48.8 TB: 10 000 parts of 5 GiB. */
export const MAX_MULTIPART_BYTES = MAX_PARTS * MAX_PART_BYTES
/** Part URLs signed by one call. */
export const PARTS_PER_WINDOW = 100

/** 8 MiB: half a second at 128 Mbit/s, and little to send again after a cut. */
export const DEFAULT_PART_BYTES = 8 * MIB
/** Files up to this size are cut so that one window is enough: 100 parts of at most 8 MiB each. */
const ONE_WINDOW_BYTES = 800 * MIB

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
 * @param size of the file, at least 1
 * @param options.partSize a wish; it gives way to the limits of OSS, and up to 800 MiB to one window of 100 parts
 * @throws {ProtocolError} `PART_PLAN` when no cut can be accepted
 */
export function planParts(size: number, options: { partSize?: number } = {}): PartPlan {
  const wish = options.partSize ?? DEFAULT_PART_BYTES
  if (!Number.isSafeInteger(size) || size < 1 || size > MAX_MULTIPART_BYTES) {
    throw new ProtocolError('PART_PLAN', 'A multipart upload has 1 byte to 48.8 TB.')
  }
  if (!Number.isSafeInteger(wish) || wish < 1) {
    throw new ProtocolError('PART_PLAN', 'The part size must be a whole number of bytes.')
  }
  const most = size <= ONE_WINDOW_BYTES ? PARTS_PER_WINDOW : MAX_PARTS
  const least = Math.max(MIN_PART_BYTES, roundUp(Math.ceil(size / most), 64 * KIB))
  const partSize = Math.min(Math.max(wish, least), MAX_PART_BYTES)
  return { partSize, partCount: Math.ceil(size / partSize) }
}

/** Bytes of one part; `partNumber` counts from 1. */
export function lengthOfPart(size: number, partSize: number, partNumber: number): number {
  return Math.min(partSize, size - (partNumber - 1) * partSize)
}
