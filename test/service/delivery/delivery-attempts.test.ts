import { describe, expect, it } from 'vitest'
import { DeliveryError } from '../../../src/service/delivery/outbox.ts'
import { createWorker, HOUR_MS } from './worker-fixture.ts'

describe('attempts', () => {
  it('gives up a receipt that ends the process at each attempt, once its three days are over', async () => {
    const { time, store, add, run, started } = createWorker()
    add('up-1')
    for (let crash = 0; crash < 10; crash += 1) {
      store.ledger.claimDue(1, { now: time.now(), leaseUntil: () => time.now() + 1 })
      await time.advance(1)
    }
    await time.advance(73 * HOUR_MS)
    run()
    await time.advance(10)
    expect(store.ledger.find('up-1')).toMatchObject({ state: 'dead', attempts: 11 })
    expect(started.map(({ id }) => id)).toEqual(['up-1'])
    expect(store.ledger.find('up-1.dead')).toMatchObject({ state: 'done' })
  })

  it('attempts after days without a process what was attempted before', async () => {
    const { time, store, add, run } = createWorker()
    add('up-1')
    store.ledger.claimDue(1, { now: time.now(), leaseUntil: () => time.now() + 5000 })
    await time.advance(100 * HOUR_MS)
    run()
    await time.advance(10)
    expect(store.ledger.find('up-1')).toMatchObject({ state: 'done', attempts: 2 })
  })

  it('delivers again when the result could not be recorded', async () => {
    const { time, store, add, run, started } = createWorker(async () => {
      store.isFull = true
      return '{}'
    })
    add('up-1')
    const outcome = run()
    await time.advance(10)
    expect(store.ledger.find('up-1')?.state).toBe('due')
    expect(outcome.isOver).toBe(true)
    store.isFull = false
    await time.advance(16_000)
    run()
    await time.advance(10)
    expect(started.map(({ number }) => number)).toEqual([1, 2])
  })

  it('postpones by the retry plan and wakes its host for that', async () => {
    const { time, add, run, store, reports } = createWorker(() => Promise.reject(new Error('down')))
    add('up-1')
    const outcome = run()
    await time.advance(10)
    const nextAt = store.ledger.find('up-1')?.nextAt ?? 0
    expect(nextAt).toBe(time.now() - 10 + 500)
    expect(outcome.next?.getTime()).toBe(nextAt)
    expect(store.woken).toContain(nextAt)
    expect(reports).toMatchObject([{ result: 'again', error: 'down' }])
  })

  it('records a death as an event of its own, delivered by the same rules', async () => {
    const { time, store, add, run, reports } = createWorker(async (_, { event }) => {
      if (event === 'stored') throw new DeliveryError('DELIVERY_GONE', 'Status 410.')
      return '"noted"'
    })
    add('up-1')
    run()
    await time.advance(10)
    expect(store.ledger.find('up-1')).toMatchObject({ state: 'dead', error: 'Status 410.' })
    expect(store.ledger.find('up-1.dead')).toMatchObject({ state: 'done', response: '"noted"' })
    expect(reports.map(({ eventId, result }) => [eventId, result])).toEqual([
      ['up-1', 'dead'],
      ['up-1.dead', 'done'],
    ])
  })

  it('makes no event of the death of a dead event, nor a second one after a replay', async () => {
    const { time, store, add, run } = createWorker(() =>
      Promise.reject(new DeliveryError('DELIVERY_GONE', 'Status 410.')),
    )
    add('up-1')
    run()
    await time.advance(10)
    store.ledger.replay('up-1', time.now())
    run()
    await time.advance(10)
    expect(store.ledger.listDead(undefined, 9).map(({ eventId }) => eventId)).toEqual([
      'up-1',
      'up-1.dead',
    ])
    expect(store.ledger.count().due).toBe(0)
  })

  it('survive a report that throws', async () => {
    const { time, store, add, run, reports } = createWorker()
    reports.push = () => {
      throw new Error('The log is full.')
    }
    add('up-1')
    const outcome = run()
    await time.advance(10)
    expect(outcome.isOver).toBe(true)
    expect(store.ledger.find('up-1')?.state).toBe('done')
  })
})
