import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MAX_MULTIPART_BYTES } from '../../src/protocol/limits.ts'
import { lengthOfPart, planParts } from '../../src/protocol/part-plan.ts'

const MIB = 1024 ** 2

describe('planParts', () => {
  it.each([
    [1, {}, 8 * MIB, 1],
    [64 * MIB, {}, 8 * MIB, 8],
    [800 * MIB, {}, 8 * MIB, 100],
    [800 * MIB + 1, {}, 8 * MIB, 101],
    [5 * 1024 * MIB, {}, 8 * MIB, 640],
    [800 * MIB, { partSize: MIB }, 4 * MIB, 200],
    [200_000_000, { partSize: MIB }, MIB, 191],
    [10 * MIB, { partSize: 1 }, 102_400, 103],
    [100 * MIB, { partSize: 20 * MIB }, 20 * MIB, 5],
  ])('%i bytes, %j: parts of %i, %i of them', (size, options, partSize, partCount) => {
    expect(planParts(size, options)).toEqual({ partSize, partCount })
  })

  it('stays within the limits of OSS for any size and wish, and the parts add up', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.integer({ min: 1, max: 2 ** 31 }),
          fc.maxSafeNat().map((n) => (n % MAX_MULTIPART_BYTES) + 1),
        ),
        fc.option(fc.integer({ min: 1, max: 2 ** 40 }), { nil: undefined }),
        (size, wish) => {
          const { partSize, partCount } = planParts(
            size,
            wish === undefined ? {} : { partSize: wish },
          )
          expect(partCount).toBeGreaterThanOrEqual(1)
          expect(partCount).toBeLessThanOrEqual(size <= 800 * MIB ? 200 : 10_000)
          expect(partSize).toBeGreaterThanOrEqual(102_400)
          expect(partSize).toBeLessThanOrEqual(5 * 1024 * MIB)
          const last = lengthOfPart(size, partSize, partCount)
          expect(last).toBeGreaterThan(0)
          expect((partCount - 1) * partSize + last).toBe(size)
        },
      ),
    )
  })

  it.each([0, -1, 1.5, Number.NaN, MAX_MULTIPART_BYTES + 1])('refuses %s bytes', (size) => {
    expect(() => planParts(size)).toThrow(expect.objectContaining({ code: 'PART_PLAN' }))
  })

  it.each([0, -1, 1.5, Number.NaN])('refuses a wish of %s bytes', (partSize) => {
    expect(() => planParts(1, { partSize })).toThrow(expect.objectContaining({ code: 'PART_PLAN' }))
  })
})
