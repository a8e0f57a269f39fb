import { afterEach, expect, it, vi } from 'vitest'
import { createCrc64Engine } from '../../src/protocol/crc64-engine.ts'

const SIZES = [4096, 1_048_576, 3_000_001]
const makeBytes = (size: number) => Uint8Array.from({ length: size }, (_, at) => (at * 37) & 255)

/** The module as a page loads it, and how often it has started WebAssembly. */
async function load(mayStart: boolean) {
  const { Module } = WebAssembly
  let starts = 0
  vi.spyOn(WebAssembly, 'Module').mockImplementation(function start(bytes: BufferSource) {
    starts += 1
    if (!mayStart) throw new WebAssembly.CompileError('forbidden by the policy of this test')
    return new Module(bytes)
  } as never)
  vi.resetModules()
  const { crc64 } = await import('../../src/protocol/crc64.ts')
  return { crc64, countStarts: () => starts }
}

/** The sum by the engine itself. */
function sum(bytes: Uint8Array): bigint {
  const engine = createCrc64Engine()
  let crc = 0n
  for (let at = 0; at < bytes.length; at += engine.blockBytes) {
    crc = engine.update(crc, bytes.subarray(at, at + engine.blockBytes))
  }
  return crc
}

afterEach(() => void vi.restoreAllMocks())

it('starts no WebAssembly for short data, and once for the first that is longer', async () => {
  const expected = sum(makeBytes(4096))
  const { crc64, countStarts } = await load(true)
  crc64(makeBytes(4095))
  expect(countStarts()).toBe(0)
  for (let times = 0; times < 3; times += 1) expect(crc64(makeBytes(4096))).toBe(expected)
  expect(countStarts()).toBe(1)
})

it('computes the same where a policy forbids WebAssembly, and tries it once only', async () => {
  const expected = SIZES.map((size) => sum(makeBytes(size)))
  const { crc64, countStarts } = await load(false)
  expect(SIZES.map((size) => crc64(makeBytes(size)))).toEqual(expected)
  expect(countStarts()).toBe(1)
})
