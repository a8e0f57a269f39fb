import { describe, expect, it } from 'vitest'
import { choosePartSize } from '../../../client/upload/part-size.ts'

const MIB = 1024 * 1024

describe('the part size that is asked for', () => {
  it('is left to the service while no speed is known', () => {
    expect(choosePartSize(100 * MIB, 0, 4)).toBeUndefined()
  })

  it.each([
    ['4 MiB/s', 4, 8],
    ['10 MiB/s', 10, 20],
    ['1 MiB/s', 1, 7],
  ])('lets a part take a few seconds at %s', (_, speed, expected) => {
    expect(choosePartSize(700 * MIB, speed * MIB, 4)).toBe(expected * MIB)
  })

  it('needs one window only, up to 800 MiB and beyond', () => {
    const size = 790 * MIB
    expect(size / (choosePartSize(size, 1000, 4) ?? 1)).toBeLessThanOrEqual(100)
  })

  it('leaves parts for all requests on the fastest line', () => {
    expect(choosePartSize(64 * MIB, 10_000 * MIB, 4)).toBe(8 * MIB)
  })

  it('is at least 1 MiB', () => {
    expect(choosePartSize(17 * MIB, 1, 4)).toBe(MIB)
  })
})
