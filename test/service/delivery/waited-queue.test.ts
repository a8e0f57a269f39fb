import { describe, expect, it } from 'vitest'
import { createWorker, hang, ids } from './worker-fixture.ts'

describe('attempts that somebody waits for', () => {
  it('start at once while others hang, in their own slots', async () => {
    const { time, store, wait, add, run, started } = createWorker(({ id }) =>
      id.startsWith('waited') ? Promise.resolve('{}') : hang(),
    )
    add(...ids(20))
    run()
    await time.advance(10)
    wait('waited-1')
    await time.advance(10)
    expect(store.ledger.find('waited-1')?.state).toBe('done')
    expect(started.filter(({ id }) => id.startsWith('up-'))).toHaveLength(3)
  })

  it('have the time that is left, and wait for their turn', async () => {
    const { time, store, worker, wait, started } = createWorker(hang)
    for (const id of ['waited-1', 'waited-2']) wait(id)
    wait('waited-3', 60_000)
    await time.advance(2999)
    expect(started.map(({ id }) => id)).toEqual(['waited-1', 'waited-2'])
    expect(worker.isRunning('waited-3')).toBe(true)
    await time.advance(1)
    expect(started.map(({ id }) => id)).toEqual(['waited-1', 'waited-2', 'waited-3'])
    // Its lease was taken when it was recorded, so its attempt is shorter.
    expect(store.ledger.find('waited-1')?.error).toContain('within 3000 ms')
    await time.advance(1000)
    expect(store.ledger.find('waited-3')?.error).toContain('within 1000 ms')
  })

  it('become part of what is due, unattempted, when their caller leaves', async () => {
    const { time, store, worker, wait, run, started } = createWorker(hang)
    wait('waited-1')
    wait('waited-2')
    const third = wait('waited-3')
    worker.abandonWaited(third)
    worker.abandonWaited(third)
    await time.advance(10)
    expect(worker.isRunning('waited-3')).toBe(false)
    expect(store.ledger.find('waited-3')).toMatchObject({ attempts: 0 })
    run()
    await time.advance(10)
    expect(started.at(-1)).toMatchObject({ id: 'waited-3', number: 1 })
  })

  it('are given back when the worker stops', async () => {
    const { time, store, worker, wait } = createWorker(hang)
    for (const id of ['waited-1', 'waited-2', 'waited-3']) wait(id)
    const stopped = worker.stop(0)
    wait('waited-4')
    await time.advance(10)
    await stopped
    for (const id of ['waited-3', 'waited-4']) {
      expect(store.ledger.find(id)).toMatchObject({ state: 'due', attempts: 0 })
    }
  })
})
