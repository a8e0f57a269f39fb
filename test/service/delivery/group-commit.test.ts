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
  const syncs: { resolve: () => void; reject: (error: unknown) => void }[] = []
  const group = createGroupCommit(sql, createMemoryLedger(), {
    defer: (callback) => time.timers.set(callback, 0),
    sync: () => new Promise((resolve, reject) => syncs.push({ resolve, reject })),
    translate: (error) => new Error('translated', { cause: error }),
  })
  /** Ends the syncs that run, and lets all go on. */
  async function settle(): Promise<void> {
    await time.advance(0)
    for (const { resolve } of syncs.splice(0)) resolve()
    await time.advance(0)
  }
  return { time, group, syncs, settle, count: () => transactions }
}

describe('the group commit', () => {
  it('writes in one transaction what comes in one turn, in its order', async () => {
    const { group, count, settle } = create()
    const order: number[] = []
    const results = [1, 2, 3].map((number) =>
      group.commit(() => {
        order.push(number)
        return number * 10
      }),
    )
    expect(order).toEqual([])
    await settle()
    expect(await Promise.all(results)).toEqual([10, 20, 30])
    expect([order, count()]).toEqual([[1, 2, 3], 1])
    const later = group.commit(() => 'later')
    await settle()
    expect([await later, count()]).toEqual(['later', 2])
  })

  it('resolves when it is on disk, or when it is written if that is enough', async () => {
    const { time, group, settle } = create()
    const resolved: string[] = []
    group.commit(() => 'receipt').then((text) => resolved.push(text))
    group.commit(() => 'result', { sync: false }).then((text) => resolved.push(text))
    await time.advance(100)
    expect(resolved).toEqual(['result'])
    await settle()
    expect(resolved).toEqual(['result', 'receipt'])
  })

  it('lets all that is written during a sync share the next one, and wait for it', async () => {
    const { time, group, syncs, settle } = create()
    const resolved: number[] = []
    const commit = (number: number) => group.commit(() => number).then((n) => resolved.push(n))
    commit(1)
    await time.advance(0)
    commit(2)
    await time.advance(0)
    commit(3)
    await time.advance(0)
    expect(syncs).toHaveLength(1)
    syncs.shift()?.resolve()
    await time.advance(0)
    // The first sync began before they were written.
    expect(resolved).toEqual([1])
    expect(syncs).toHaveLength(1)
    await settle()
    expect(resolved).toEqual([1, 2, 3])
  })

  it('fails alone what fails', async () => {
    const { group, count, settle } = create()
    const results = Promise.allSettled([
      group.commit(() => 1),
      group.commit(() => {
        throw new Error('of its own')
      }),
      group.commit(() => 3),
    ])
    await settle()
    expect((await results).map(({ status }) => status)).toEqual([
      'fulfilled',
      'rejected',
      'fulfilled',
    ])
    expect(count()).toBe(2)
  })

  const messages = (results: PromiseSettledResult<unknown>[]) =>
    results.map((result) => result.status === 'rejected' && result.reason.message)

  it('rejects all, with the translated error, when the database writes nothing', async () => {
    const { group, settle } = create(() => true)
    const results = Promise.allSettled([group.commit(() => 1), group.commit(() => 2)])
    await settle()
    expect(messages(await results)).toEqual(['translated', 'translated'])
  })

  it('rejects what could not be synced, and tries again for the next', async () => {
    const { time, group, syncs, settle } = create()
    const results = Promise.allSettled([group.commit(() => 1)])
    await time.advance(0)
    syncs.shift()?.reject(new Error('EIO'))
    expect(messages(await results)).toEqual(['translated'])
    const next = group.commit(() => 2)
    await settle()
    expect(await next).toBe(2)
  })

  it('writes and syncs the rest when it is closed', async () => {
    const { time, group, syncs } = create()
    const result = group.commit(() => 1)
    let isClosed = false
    const closed = group.close().then(() => {
      isClosed = true
    })
    await time.advance(0)
    expect(isClosed).toBe(false)
    syncs.shift()?.resolve()
    await closed
    expect(await result).toBe(1)
  })
})
