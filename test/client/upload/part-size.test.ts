import { describe, expect, it } from 'vitest'
import { choosePartSize } from '../../../client/upload/part-size.ts'

const MIB = 1024 * 1024

describe('the part size that is asked for', () => {
  it('is that of 20 Mbit/s while no speed is known', () => {
    expect(choosePartSize(100 * MIB, 0, 4)).toBe(MIB)
    expect(choosePartSize(100 * MIB, 0, 1)).toBe(1.25 * MIB)
  })

  it.each([
    ['16 MiB/s', 16, 2],
    ['40 MiB/s', 40, 5],
    ['1 MiB/s, at least', 1, 1],
  ])('lets a part take half a second at %s', (_, speed, expected) => {
    expect(choosePartSize(100 * MIB, speed * MIB, 4)).toBe(expected * MIB)
  })

  it('loses at most 2.5 % of a large file in a reload, on lines up to 20 Mbit/s', () => {
    for (const size of [200 * MIB, 201 * MIB, 740 * MIB, 5000 * MIB, 48_000 * MIB]) {
      for (const speed of [0, 1000, 2_500_000]) {
        const onTheirWay = 4 * choosePartSize(size, speed, 4)
        expect(onTheirWay / size, `${size} bytes at ${speed}/s`).toBeLessThanOrEqual(0.025)
      }
    }
  })

  it('has at most 200 parts, two windows of URLs', () => {
    for (const size of [190 * MIB, 201 * MIB, 790 * MIB, 5000 * MIB]) {
      expect(size / choosePartSize(size, 1000, 4)).toBeLessThanOrEqual(200)
    }
  })

  it('leaves parts for all requests on the fastest line', () => {
    expect(choosePartSize(64 * MIB, 10_000 * MIB, 4)).toBe(8 * MIB)
  })

  it('is at least 1 MiB', () => {
    expect(choosePartSize(17 * MIB, 1, 4)).toBe(MIB)
  })
})
