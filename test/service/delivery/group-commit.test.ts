import { describe, expect, it } from 'vitest'
import { createGroupCommit } from '../../../src/service/delivery/group-commit.ts'
import type { Sql } from '../../../src/service/delivery/ledger.ts'
import { createMemoryLedger } from '../../../src/service/delivery/memory-ledger.ts'
import { createVirtualTime } from '../../support/virtual-time.ts'

/** Counts transactions; the ledger plays no part here. */
function create(fail: () => boolean = () => false) {
  const time = createVirtualTime()
  let transactions = 0
  const sql: Sql = {
    all: () => [],
    run: () => {},
    transaction(work) {
      const result = work()
      if (fail()) throw new Error('database or disk is full')
      transactions += 1
      return result
    },
  }
  const group = createGroupCommit(sql, createMemoryLedger(), {
    defer: (callback) => time.timers.set(callback, 0),
    translate: (error) => new Error('translated', { cause: error }),
  })
  return { time, group, count: () => transactions }
}

describe('the group commit', () => {
  it('writes in one transaction what comes in one turn, in its order', async () => {
    const { time, group, count } = create()
    const order: number[] = []
    const results = [1, 2, 3].map((number) =>
      group.commit(() => {
        order.push(number)
        return number * 10
      }),
    )
    expect(order).toEqual([])
    await time.advance(0)
    expect(await Promise.all(results)).toEqual([10, 20, 30])
    expect([order, count()]).toEqual([[1, 2, 3], 1])
    const later = group.commit(() => 'later')
    await time.advance(0)
    expect([await later, count()]).toEqual(['later', 2])
  })

  it('resolves nothing before the transaction is durable', async () => {
    const { group } = create()
    let isResolved = false
    group
      .commit(() => 1)
      .then(() => {
        isResolved = true
      })
    await new Promise((resolve) => setTimeout(resolve, 5))
    expect(isResolved).toBe(false)
    group.flush()
    await new Promise((resolve) => setTimeout(resolve, 0))
    expect(isResolved).toBe(true)
  })

  it('fails alone what fails', async () => {
    const { time, group, count } = create()
    const results = Promise.allSettled([
      group.commit(() => 1),
      group.commit(() => {
        throw new Error('of its own')
      }),
      group.commit(() => 3),
    ])
    await time.advance(0)
    expect((await results).map(({ status }) => status)).toEqual([
      'fulfilled',
      'rejected',
      'fulfilled',
    ])
    expect(count()).toBe(2)
  })

  it('rejects all, with the translated error, when the database writes nothing', async () => {
    const { time, group } = create(() => true)
    const results = Promise.allSettled([group.commit(() => 1), group.commit(() => 2)])
    await time.advance(0)
    for (const result of await results) {
      expect(result.status === 'rejected' && result.reason.message).toBe('translated')
    }
  })
})
