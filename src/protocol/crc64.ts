/**
 * CRC-64 as OSS reports it: CRC-64/XZ, the reflected ECMA-182 polynomial, initial value and final XOR all ones.
 * WebAssembly computes it for long data where the platform allows it. The JavaScript code reads eight bytes a step with
 * eight tables ("slicing by 8"), in halves of 32 bits because BigInt is slow.
 *
 * @see https://www.alibabacloud.com/help/en/oss/developer-reference/check-data-integrity-by-using-crc-64
 */
import { type Crc64Engine, createCrc64Engine } from './crc64-engine.ts'

const POLYNOMIAL = 0xc96c5795d7870f42n
const MASK = 0xffffffffffffffffn
const SLICES = 8

const lowTable = new Int32Array(SLICES * 256)
const highTable = new Int32Array(SLICES * 256)
let tablesReady = false

/** For shorter data the call of the engine costs more than it saves. */
const ENGINE_FROM_BYTES = 4096
let engine: Crc64Engine | undefined
let mayHaveEngine = true

/** Created when first needed. Workers and pages with a strict CSP forbid it; then it is tried once only. */
function findEngine(): Crc64Engine | undefined {
  if (!engine && mayHaveEngine) {
    try {
      engine = createCrc64Engine()
    } catch {
      mayHaveEngine = false
    }
  }
  return engine
}

function buildTables(): void {
  for (let byte = 0; byte < 256; byte += 1) {
    let crc = BigInt(byte)
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1n ? (crc >> 1n) ^ POLYNOMIAL : crc >> 1n
    lowTable[byte] = Number(BigInt.asIntN(32, crc))
    highTable[byte] = Number(BigInt.asIntN(32, crc >> 32n))
  }
  for (let at = 256; at < SLICES * 256; at += 1) {
    const low = lowTable[at - 256] as number
    const high = highTable[at - 256] as number
    const first = low & 0xff
    lowTable[at] = ((low >>> 8) | (high << 24)) ^ (lowTable[first] as number)
    highTable[at] = (high >>> 8) ^ (highTable[first] as number)
  }
  tablesReady = true
}

export interface Crc64 {
  /** Adds the next bytes. */
  update(data: Uint8Array): void
  /** The CRC of all bytes so far; more may be added. */
  value(): bigint
}

/** A CRC-64 of bytes that are given in pieces, continuing from `previous`. */
export function createCrc64(previous = 0n): Crc64 {
  if (!tablesReady) buildTables()
  let low = 0
  let high = 0

  function setValue(crc: bigint): void {
    const register = BigInt.asUintN(64, crc) ^ MASK
    low = Number(BigInt.asIntN(32, register))
    high = Number(BigInt.asIntN(32, register >> 32n))
  }

  function value(): bigint {
    return ((BigInt(high >>> 0) << 32n) | BigInt(low >>> 0)) ^ MASK
  }

  function update(data: Uint8Array): void {
    const fast = data.length < ENGINE_FROM_BYTES ? undefined : findEngine()
    if (!fast) {
      updateScalar(data)
      return
    }
    let crc = value()
    for (let at = 0; at < data.length; at += fast.blockBytes) {
      crc = fast.update(crc, data.subarray(at, at + fast.blockBytes))
    }
    setValue(crc)
  }

  function updateScalar(data: Uint8Array): void {
    // Every index is within bounds by construction; `as number` spares a check in each step.
    const l = lowTable
    const h = highTable
    let lo = low
    let hi = high
    let at = 0
    for (const end = data.length - 7; at < end; at += 8) {
      const a = (data[at] as number) ^ (lo & 0xff)
      const b = (data[at + 1] as number) ^ ((lo >>> 8) & 0xff)
      const c = (data[at + 2] as number) ^ ((lo >>> 16) & 0xff)
      const d = (data[at + 3] as number) ^ (lo >>> 24)
      const e = (data[at + 4] as number) ^ (hi & 0xff)
      const f = (data[at + 5] as number) ^ ((hi >>> 8) & 0xff)
      const g = (data[at + 6] as number) ^ ((hi >>> 16) & 0xff)
      const i = (data[at + 7] as number) ^ (hi >>> 24)
      lo =
        (l[1792 + a] as number) ^
        (l[1536 + b] as number) ^
        (l[1280 + c] as number) ^
        (l[1024 + d] as number) ^
        (l[768 + e] as number) ^
        (l[512 + f] as number) ^
        (l[256 + g] as number) ^
        (l[i] as number)
      hi =
        (h[1792 + a] as number) ^
        (h[1536 + b] as number) ^
        (h[1280 + c] as number) ^
        (h[1024 + d] as number) ^
        (h[768 + e] as number) ^
        (h[512 + f] as number) ^
        (h[256 + g] as number) ^
        (h[i] as number)
    }
    for (; at < data.length; at += 1) {
      const index = ((data[at] as number) ^ lo) & 0xff
      lo = ((lo >>> 8) | (hi << 24)) ^ (l[index] as number)
      hi = (hi >>> 8) ^ (h[index] as number)
    }
    low = lo
    high = hi
  }

  setValue(previous)
  return { update, value }
}

/**
 * CRC-64 of `data`, continuing from the CRC of the bytes before it.
 *
 * @returns 0 … 2^64 − 1; OSS prints it as decimal text
 */
export function crc64(data: Uint8Array, previous = 0n): bigint {
  const state = createCrc64(previous)
  state.update(data)
  return state.value()
}

/** Product of two reflected polynomials modulo the CRC's polynomial. */
function multiply(a: bigint, b: bigint): bigint {
  let product = 0n
  let factor = b
  for (let mask = 1n << 63n; mask > 0n; mask >>= 1n) {
    if (a & mask) product ^= factor
    factor = factor & 1n ? (factor >> 1n) ^ POLYNOMIAL : factor >> 1n
  }
  return product
}

/**
 * CRC-64 of A followed by B, from their CRCs and B's length: A's CRC times x^(8 × length), plus B's.
 *
 * @param lengthB bytes, not negative
 */
export function crc64Combine(a: bigint, b: bigint, lengthB: number | bigint): bigint {
  let shifted = BigInt.asUintN(64, a)
  let power = 1n << 55n // x^8: one byte
  for (let rest = BigInt(lengthB); rest > 0n; rest >>= 1n) {
    if (rest & 1n) shifted = multiply(shifted, power)
    power = multiply(power, power)
  }
  return shifted ^ BigInt.asUintN(64, b)
}
