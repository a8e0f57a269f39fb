import { describe, expect, it } from 'vitest'
import { choosePartSize } from '../../../client/upload/part-size.ts'

const MIB = 1024 * 1024

describe('the part size that is asked for', () => {
  it('is that of 20 Mbit/s while no speed is known', () => {
    expect(choosePartSize(100 * MIB, 0, 4)).toBe(MIB)
    expect(choosePartSize(100 * MIB, 0, 1)).toBe(MIB)
  })

  it.each([
    ['16 MiB/s', 16, 2],
    ['40 MiB/s', 40, 5],
    ['1 MiB/s, at least', 1, 1],
  ])('lets a part take half a second at %s', (_, speed, expected) => {
    expect(choosePartSize(100 * MIB, speed * MIB, 4)).toBe(expected * MIB)
  })

  it('needs one window only, up to 800 MiB and beyond', () => {
    for (const size of [740 * MIB, 790 * MIB, 5000 * MIB]) {
      expect(size / choosePartSize(size, 1000, 4)).toBeLessThanOrEqual(100)
    }
  })

  it('leaves parts for all requests on the fastest line', () => {
    expect(choosePartSize(64 * MIB, 10_000 * MIB, 4)).toBe(8 * MIB)
  })

  it('is at least 1 MiB', () => {
    expect(choosePartSize(17 * MIB, 1, 4)).toBe(MIB)
  })
})
