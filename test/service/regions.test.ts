import { describe, expect, it } from 'vitest'
import { findNearestRegion, isKnownRegion } from '../../src/service/regions.ts'

describe('regions', () => {
  it('are known by their ids', () => {
    expect(isKnownRegion('cn-hangzhou')).toBe(true)
    expect(isKnownRegion('ap-southeast-1')).toBe(true)
    expect(isKnownRegion('hangzhou')).toBe(false)
  })

  it.each([
    ['cn-hanghzou', 'cn-hangzhou'],
    ['hangzhou', 'cn-hangzhou'],
    ['cn-shangai', 'cn-shanghai'],
    ['CN-BEIJING', 'cn-beijing'],
    ['ap-southeast1', 'ap-southeast-1'],
    ['eu-center-1', 'eu-central-1'],
  ])('%s is most like %s', (text, region) => {
    expect(findNearestRegion(text)).toBe(region)
  })

  it.each(['', 'x', 'virginia-north', 'z'.repeat(100_000)])('%.20s is like none', (text) => {
    expect(findNearestRegion(text)).toBeUndefined()
  })
})
