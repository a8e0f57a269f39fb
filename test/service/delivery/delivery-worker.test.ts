import { describe, expect, it } from 'vitest'
import { recordStored } from '../../../src/service/delivery/delivery-record.ts'
import { buildReceipt } from './outbox-contract.ts'
import { createWorker, HOUR_MS, hang, ids } from './worker-fixture.ts'

describe('a run of the worker', () => {
  it('delivers what is due, the oldest first, and returns when the next thing is to do', async () => {
    const { time, add, run, started, reports } = createWorker()
    add('up-b', 'up-a')
    const outcome = run()
    await time.advance(10)
    expect(started.map(({ id }) => id)).toEqual(['up-b', 'up-a'])
    expect(reports).toEqual([
      { eventId: 'up-b', event: 'stored', number: 1, result: 'done' },
      { eventId: 'up-a', event: 'stored', number: 1, result: 'done' },
    ])
    // What was done is removed after the retention.
    expect(outcome).toMatchObject({ isOver: true })
    expect(outcome.next?.getTime()).toBeGreaterThan(time.now() + 23 * HOUR_MS)
  })

  it('returns nothing when nothing is recorded', async () => {
    const { worker } = createWorker()
    expect(await worker.run()).toBeUndefined()
  })

  it('attempts no more at once than it has slots', async () => {
    const { time, add, run, started } = createWorker(hang)
    add(...ids(10))
    run()
    await time.advance(14_000)
    expect(started).toHaveLength(3)
    // The first three are aborted at their limit, and the next ones have their turn.
    await time.advance(1500)
    expect(started.map(({ id }) => id).slice(0, 6)).toEqual(ids(6))
  })

  it('starts at a steady pace', async () => {
    const { time, add, run, started } = createWorker(async () => '{}', 10)
    add(...ids(6))
    run()
    await time.advance(1000)
    expect(started.map(({ at }) => at)).toEqual([0, 100, 200, 300, 400, 500])
  })

  it('does not let a failing receipt hold up the others', async () => {
    const { time, add, run, started, store } = createWorker(async ({ id }) => {
      if (id === 'poison') throw new Error('Cannot take this in.')
      return '{}'
    })
    add('poison', ...ids(5))
    run()
    await time.advance(10)
    for (const id of ids(5)) expect(store.ledger.find(id)?.state).toBe('done')
    expect(started.filter(({ id }) => id === 'poison')).toHaveLength(1)
  })

  it('ends with its budget, after its attempts', async () => {
    const { time, add, run, started } = createWorker(
      () => new Promise((resolve) => time.timers.set(() => resolve('{}'), 400)),
    )
    add(...ids(10))
    const outcome = run(1000)
    await time.advance(1100)
    expect(outcome.isOver).toBe(false)
    await time.advance(100)
    expect(outcome.isOver).toBe(true)
    expect(started).toHaveLength(9)
    expect(outcome.next?.getTime()).toBeLessThanOrEqual(time.now())
  })

  it('shares the slots with other runs and attempts nothing twice', async () => {
    const { time, add, run, started } = createWorker()
    add(...ids(50))
    const outcomes = [run(), run(), run()]
    await time.advance(1000)
    expect(started).toHaveLength(50)
    expect(new Set(started.map(({ id }) => id)).size).toBe(50)
    expect(outcomes.map(({ isOver }) => isOver)).toEqual([true, true, true])
  })

  it('attempts again what a crash left leased, and counts that attempt', async () => {
    const { time, store, run, started } = createWorker()
    const now = time.now()
    store.ledger.add(recordStored(buildReceipt('up-1')), { now, nextAt: now + 5000, attempts: 1 })
    const outcome = run()
    await time.advance(10)
    expect(outcome.next?.getTime()).toBe(now + 5000)
    await time.advance(5000)
    run()
    await time.advance(10)
    expect(started).toMatchObject([{ id: 'up-1', number: 2 }])
  })

  it('rejects when nothing can be claimed, and frees its slots', async () => {
    const { time, store, worker, add, run } = createWorker()
    add(...ids(3))
    // The clock is checked before.
    await worker.run({ budgetMs: 0 })
    store.isFull = true
    await expect(worker.run()).rejects.toMatchObject({ code: 'OUTBOX_FULL' })
    store.isFull = false
    run()
    await time.advance(100)
    for (const id of ids(3)) expect(store.ledger.find(id)?.state).toBe('done')
  })

  it('removes what was delivered, after the retention', async () => {
    const { time, store, add, run } = createWorker()
    add('up-1')
    run()
    await time.advance(10)
    expect(store.ledger.find('up-1')).toBeDefined()
    await time.advance(24 * HOUR_MS + 1)
    run()
    await time.advance(10)
    expect(store.ledger.find('up-1')).toBeUndefined()
  })

  it.each(['between two runs', 'while no process ran'])(
    'delivers what was due by a clock that was set back an hour %s',
    async (when) => {
      const { time, add, run, store, worker } = createWorker()
      if (when === 'between two runs') await worker.run()
      await time.advance(10)
      add('up-1')
      time.setClock(-HOUR_MS)
      run()
      await time.advance(2000)
      expect(store.ledger.find('up-1')?.state).toBe('done')
    },
  )
})

describe('stopping the worker', () => {
  it('waits for running attempts and records them', async () => {
    const { time, store, worker, add, run } = createWorker(
      () => new Promise((resolve) => time.timers.set(() => resolve('{}'), 300)),
    )
    add(...ids(5))
    run()
    await time.advance(10)
    const stopped = worker.stop(5000)
    await time.advance(300)
    await stopped
    const states = ids(5).map((id) => store.ledger.find(id)?.state)
    expect(states).toEqual(['done', 'done', 'done', 'due', 'due'])
  })

  it('aborts what still runs after its time, and counts it as failed', async () => {
    const { time, store, worker, add, run } = createWorker(hang)
    add('up-1')
    run()
    await time.advance(10)
    const stopped = worker.stop(1000)
    await time.advance(1000)
    await stopped
    expect(store.ledger.find('up-1')).toMatchObject({
      state: 'due',
      error: 'The service stopped during the attempt.',
    })
    expect(await worker.run()).toBeUndefined()
  })
})
