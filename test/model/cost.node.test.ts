import { describe, expect, it } from 'vitest'
import { computeOutageCost, listCosts } from './cost.ts'
import { readInputs } from './inputs.ts'

const inputs = readInputs()

describe('listCosts', () => {
  const find = (name: RegExp, rate = 1000, objects = 64) =>
    listCosts(inputs, rate, objects).find(({ what }) => name.test(what))

  it('multiplies the quantities of a million uploads by the prices', () => {
    expect(find(/Workers: requests/)).toMatchObject({ quantity: 2.2e6, cost: 2.2 * 0.3 })
    expect(find(/rows written/)).toMatchObject({ quantity: 6e6, cost: 6 })
    expect(find(/count as GET/)?.cost).toBeCloseTo((1e6 / 1e4) * 0.0014, 12)
    for (const { quantity, price, cost } of listCosts(inputs, 1000, 64)) {
      const { price: each, per } = inputs.prices.prices[price]
      expect(cost).toBeCloseTo((quantity * each) / per, 9)
    }
  })

  it('has the memory of busy objects for as long as the million takes', () => {
    // 64 × 0.128 GB for 1 s.
    expect(find(/under way/, 1e6)?.quantity).toBeCloseTo(8.192, 6)
  })

  it('has the memory of idle objects for the time of their requests', () => {
    // A million × 0.128 GB × (application and processor time).
    const { assumptions, ledger } = inputs
    const seconds = assumptions.applicationMs / 1000 + ledger.acceptCpuMicros / 1e6
    const { quantity = 0 } = find(/under way/, 0.01) ?? {}
    expect(quantity / (1e6 * 0.128 * seconds)).toBeCloseTo(1, 3)
  })

  it('uses every price once', () => {
    const used = listCosts(inputs, 1000, 64).map(({ price }) => price)
    expect(used.sort()).toEqual(Object.keys(inputs.prices.prices).sort())
  })
})

describe('computeOutageCost', () => {
  const outage = { recorded: 100, deliveredFirst: 0, drainSeconds: 1, peakReceipts: 100 }

  it('adds the rows of the attempts that failed and of the one that succeeded', () => {
    const cost = computeOutageCost(inputs, {
      ...outage,
      failedFirst: 100,
      failedAttempts: 300,
      deliveredLater: 100,
    })
    // 5 rows + 2 × 4 + 4, instead of 5; a million rows cost 1.
    expect(cost).toBeCloseTo(12, 9)
  })

  it('is nothing when nothing waited', () => {
    const none = { ...outage, failedFirst: 0, failedAttempts: 0, deliveredLater: 0 }
    expect(computeOutageCost(inputs, none)).toBe(0)
  })
})
