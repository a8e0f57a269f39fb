import { describe, expect, it } from 'vitest'
import { createWaiters } from '../../../src/service/delivery/waiters.ts'
import { createVirtualTime } from '../../support/virtual-time.ts'

function create() {
  const time = createVirtualTime()
  return { time, waiters: createWaiters(time.timers, time.now) }
}

/** Whether it has settled by now. */
function watch(promise: Promise<void>): () => boolean {
  let isSettled = false
  promise.then(() => {
    isSettled = true
  })
  return () => isSettled
}

describe('a waiter', () => {
  it('is woken by its event alone', async () => {
    const { time, waiters } = create()
    const [one, other] = ['up-1', 'up-2'].map((id) => watch(waiters.add(id).wait(1000)))
    waiters.wake('up-1')
    await time.advance(0)
    expect([one?.(), other?.()]).toEqual([true, false])
    waiters.wakeAll()
    await time.advance(0)
    expect(other?.()).toBe(true)
    expect(time.pending).toBe(0)
  })

  it('does not miss what happens between its registration and its wait', async () => {
    const { time, waiters } = create()
    const waiter = waiters.add('up-1')
    waiters.wake('up-1')
    const isSettled = watch(waiter.wait(1000))
    await time.advance(0)
    expect(isSettled()).toBe(true)
  })

  it('ends after its limit', async () => {
    const { time, waiters } = create()
    const isSettled = watch(waiters.add('up-1').wait(1000))
    await time.advance(999)
    expect(isSettled()).toBe(false)
    await time.advance(1)
    expect(isSettled()).toBe(true)
  })
})

describe('a deadline', () => {
  it('tells what is left, and nothing less than 0', async () => {
    const { time, waiters } = create()
    const deadline = waiters.createDeadline(1000)
    await time.advance(400)
    expect(deadline.readLeftMs()).toBe(600)
    await time.advance(5000)
    expect(deadline.readLeftMs()).toBe(0)
  })

  it.each([-3_600_000, 3_600_000])(
    'is never extended when the clock is set by %s ms',
    async (by) => {
      const { time, waiters } = create()
      const deadline = waiters.createDeadline(1000)
      time.setClock(by)
      expect(deadline.readLeftMs()).toBeLessThanOrEqual(1000)
      await time.advance(1000)
      expect(deadline.readLeftMs()).toBe(0)
    },
  )

  it.each([0, -1, Number.NaN])('is over at once for %s ms', (waitMs) => {
    const { time, waiters } = create()
    expect(waiters.createDeadline(waitMs).readLeftMs()).toBe(0)
    expect(time.pending).toBe(0)
  })

  it('ends after five minutes when somebody asks for ever', async () => {
    const { time, waiters } = create()
    const deadline = waiters.createDeadline(Infinity)
    expect(deadline.readLeftMs()).toBe(300_000)
    await time.advance(300_000)
    expect(deadline.readLeftMs()).toBe(0)
  })

  it('frees its timer', () => {
    const { time, waiters } = create()
    waiters.createDeadline(1000).end()
    expect(time.pending).toBe(0)
  })
})
