import { describe, expect, it } from 'vitest'
import {
  createPartTable,
  findWaiting,
  listMissing,
  rangeOfPart,
  setPart,
  sumSent,
} from '../../../client/upload/part-table.ts'
import { lengthOfPart, planParts } from '../../../src/protocol/part-plan.ts'

describe('a part table', () => {
  it('cuts as the service plans, to the byte', () => {
    const size = 20 * 2 ** 20 + 3
    const { partSize, partCount } = planParts(size)
    const table = createPartTable(size, partSize, partCount)
    let end = 0
    for (let partNumber = 1; partNumber <= partCount; partNumber += 1) {
      const [from, to] = rangeOfPart(table, partNumber)
      expect(from).toBe(end)
      expect(to - from).toBe(lengthOfPart(size, partSize, partNumber))
      end = to
    }
    expect(end).toBe(size)
  })

  it('sums what is stored and on its way', () => {
    const table = createPartTable(25, 10, 3)
    expect(sumSent(table)).toBe(0)
    setPart(table, 3, { kind: 'stored', crc64: '1' })
    setPart(table, 1, { kind: 'sending', sentBytes: 4 })
    expect(sumSent(table)).toBe(9)
    setPart(table, 1)
    expect(sumSent(table)).toBe(5)
  })

  it('knows what is next and what is missing', () => {
    const table = createPartTable(25, 10, 3)
    setPart(table, 1, { kind: 'sending', sentBytes: 0 })
    expect(findWaiting(table)).toBe(2)
    expect(listMissing(table)).toEqual([1, 2, 3])
    setPart(table, 2, { kind: 'stored', crc64: undefined })
    expect(findWaiting(table)).toBe(3)
    setPart(table, 3, { kind: 'stored', crc64: undefined })
    expect(findWaiting(table)).toBe(0)
    expect(listMissing(table)).toEqual([1])
  })
})
