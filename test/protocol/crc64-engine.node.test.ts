import { describe, expect, it } from 'vitest'
import { crc64 } from '../../src/protocol/crc64.ts'
import { createCrc64Engine } from '../../src/protocol/crc64-engine.ts'
import vectors from '../vectors/crc64.json' with { type: 'json' }

const engine = createCrc64Engine()
const texts = vectors.filter(({ input }) => typeof input.text === 'string' && !input.init)

describe('the WebAssembly CRC-64', () => {
  it.each(texts)('agrees with the vector $name', ({ input, expect: wanted }) => {
    const data = new TextEncoder().encode(input.text)
    expect(String(engine.update(0n, data))).toBe(wanted.crc64)
  })

  it.each(Array.from({ length: 40 }, (_, size) => size))(
    'agrees with the scalar one on %i bytes',
    (size) => {
      const data = Uint8Array.from({ length: size }, (_, at) => (at * 37 + size) & 255)
      expect(engine.update(0n, data)).toBe(crc64(data))
      expect(engine.update(123456789n, data)).toBe(crc64(data, 123456789n))
    },
  )

  it('takes a whole block and refuses more', () => {
    const data = new Uint8Array(engine.blockBytes).fill(7)
    expect(engine.update(0n, data)).toBe(crc64(data))
    expect(() => engine.update(0n, new Uint8Array(engine.blockBytes + 1))).toThrow(RangeError)
  })
})
