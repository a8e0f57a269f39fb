/**
 * The little of DER that an RSA public key needs: sequences, integers, bit strings.
 *
 * @see https://www.itu.int/rec/T-REC-X.690
 */
import { toHex } from './bytes.ts'
import { ProtocolError } from './errors.ts'

/** Tags. */
export const DER = { INTEGER: 0x02, BIT_STRING: 0x03, SEQUENCE: 0x30 } as const

/** Bytes of a length that has more than one: 64 KiB are plenty for a key. */
const MAX_LENGTH_BYTES = 2

function refuse(): never {
  throw new ProtocolError('TEXT', 'The PEM text holds no key in DER.')
}

/** Where the first value of `bytes` has its content. */
function measure(bytes: Uint8Array): { start: number; end: number } {
  const first = bytes[1] ?? refuse()
  if (first < 0x80) return { start: 2, end: 2 + first }
  const count = first - 0x80
  if (count < 1 || count > MAX_LENGTH_BYTES) refuse()
  let length = 0
  for (let at = 2; at < 2 + count; at += 1) length = length * 256 + (bytes[at] ?? refuse())
  // DER has the shortest form only.
  if (length < 0x80 || length < 256 ** (count - 1)) refuse()
  return { start: 2 + count, end: 2 + count + length }
}

/**
 * The content of the one value that `bytes` is.
 *
 * @throws {ProtocolError} `TEXT` for another tag, or another length than `bytes` has
 */
export function readDer(bytes: Uint8Array, tag: number): Uint8Array {
  const { start, end } = measure(bytes)
  if (bytes[0] !== tag || end !== bytes.length) refuse()
  return bytes.subarray(start, end)
}

/**
 * The two values of a sequence, each with its tag and length.
 *
 * @throws {ProtocolError} `TEXT` when it is no sequence of exactly two
 */
export function readDerPair(bytes: Uint8Array): [first: Uint8Array, second: Uint8Array] {
  const content = readDer(bytes, DER.SEQUENCE)
  const { end } = measure(content)
  if (end > content.length) refuse()
  return [content.subarray(0, end), content.subarray(end)]
}

/**
 * A positive integer.
 *
 * @throws {ProtocolError} `TEXT` when it is none, or zero, or not in its shortest form
 */
export function readDerInteger(bytes: Uint8Array): bigint {
  const content = readDer(bytes, DER.INTEGER)
  const [first = 0x80, second = 0] = content
  if (first >= 0x80 || (first === 0 && second < 0x80)) refuse()
  return BigInt(`0x${toHex(content)}`)
}
