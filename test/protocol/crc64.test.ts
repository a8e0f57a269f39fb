import { describe, expect, it } from 'vitest'
import { toUtf8 } from '../../src/protocol/bytes.ts'
import { crc64, crc64Combine, createCrc64 } from '../../src/protocol/crc64.ts'
import vectors from '../vectors/crc64.json' with { type: 'json' }

interface Input {
  op: string
  text?: string
  hex?: string
  length?: number
  pattern?: string
  init?: string
  crcA?: string
  crcB?: string
  lenB?: number
}

function buildBytes(input: Input): Uint8Array {
  if (input.text !== undefined) return toUtf8(input.text)
  if (input.hex !== undefined) return Uint8Array.from(Buffer.from(input.hex, 'hex'))
  const make: Record<string, (at: number) => number> = {
    'i%251': (at) => at % 251,
    i: (at) => at & 0xff,
    '(i*31)%251': (at) => (at * 31) % 251,
    0: () => 0,
  }
  const byteAt = make[input.pattern ?? '']
  if (!byteAt || input.length === undefined) throw new Error(`unknown pattern ${input.pattern}`)
  return Uint8Array.from({ length: input.length }, (_, at) => byteAt(at))
}

describe('CRC-64 vectors', () => {
  it.each(vectors)(
    '$name',
    ({ input, expect: wanted }: { input: Input; expect: { crc64: string } }) => {
      const value =
        input.op === 'combine'
          ? crc64Combine(BigInt(input.crcA ?? 0), BigInt(input.crcB ?? 0), BigInt(input.lenB ?? 0))
          : crc64(buildBytes(input), BigInt(input.init ?? 0))
      expect(value.toString()).toBe(wanted.crc64)
    },
  )
})

describe('CRC-64 in pieces', () => {
  const data = Uint8Array.from({ length: 1000 }, (_, at) => (at * 7) & 0xff)

  it.each([0, 1, 7, 8, 9, 500, 999, 1000])(
    'cut at %i equals the whole, continued and combined',
    (cut) => {
      const whole = crc64(data)
      const state = createCrc64()
      state.update(data.subarray(0, cut))
      state.update(data.subarray(cut))
      expect(state.value()).toBe(whole)
      expect(crc64(data.subarray(cut), crc64(data.subarray(0, cut)))).toBe(whole)
      expect(
        crc64Combine(crc64(data.subarray(0, cut)), crc64(data.subarray(cut)), 1000 - cut),
      ).toBe(whole)
    },
  )

  it('gives long data the same value in any pieces, whichever code computes them', () => {
    const long = Uint8Array.from({ length: 3_000_000 }, (_, at) => (at * 31) % 251)
    const state = createCrc64()
    for (let at = 0; at < long.length; at += 1000) state.update(long.subarray(at, at + 1000))
    expect(crc64(long)).toBe(state.value())
    expect(crc64(long.subarray(4097), crc64(long.subarray(0, 4097)))).toBe(state.value())
  })

  it('combines with a length beyond 2^32 (an object of 5 TB)', () => {
    expect(crc64Combine(1n, 2n, 5n * 2n ** 40n)).toBeGreaterThan(0n)
    expect(crc64Combine(123n, 0n, 0)).toBe(123n)
  })
})
