import { describe, expect, it } from 'vitest'
import { createLedgerOutbox } from '../../../src/service/delivery/ledger-outbox.ts'
import type { Deliver, DeliveryState, OutboxOptions } from '../../../src/service/delivery/outbox.ts'
import { createVirtualTime } from '../../support/virtual-time.ts'
import { createTestStore } from './memory-store.ts'
import { buildReceipt } from './outbox-contract.ts'

/** No host calls `run` here, unless the test does. */
function create(deliver: Deliver, options: Partial<OutboxOptions> = {}) {
  const time = createVirtualTime()
  const store = createTestStore()
  const outbox = createLedgerOutbox({
    store,
    deliver,
    now: () => new Date(time.now()),
    timers: time.timers,
    random: () => 0.5,
    ...options,
  })
  /** What it resolves or rejects with, and after how long. */
  function accept(id: string, waitMs: number) {
    const startedAt = time.now()
    const outcome: { state?: DeliveryState; error?: unknown; tookMs?: number } = {}
    outbox.accept(buildReceipt(id), waitMs).then(
      (state) => Object.assign(outcome, { state, tookMs: time.now() - startedAt }),
      (error: unknown) => Object.assign(outcome, { error, tookMs: time.now() - startedAt }),
    )
    return outcome
  }
  return { time, store, outbox, accept }
}

const hang = () => new Promise<string>(() => {})

describe('accepting a receipt', () => {
  it('rejects, and delivers nothing, when it cannot be recorded', async () => {
    let calls = 0
    const { time, store, accept } = create(async () => {
      calls += 1
      return '{}'
    })
    store.isFull = true
    const outcome = accept('up-1', 4000)
    await time.advance(5000)
    expect(outcome.error).toMatchObject({ code: 'OUTBOX_FULL' })
    expect(calls).toBe(0)
    store.isFull = false
    const again = accept('up-1', 4000)
    await time.advance(10)
    expect(again.state).toEqual({ state: 'done', response: '{}' })
  })

  it('returns early when no attempt can end in time any more', async () => {
    const { time, accept } = create(() => Promise.reject(new Error('down')))
    const outcome = accept('up-1', 400)
    await time.advance(10)
    // The next attempt is due after 500 ms.
    expect(outcome).toMatchObject({ state: { state: 'due', attempts: 1 }, tookMs: 0 })
  })

  it('waits for a second attempt that comes in time', async () => {
    let calls = 0
    const { time, outbox, accept } = create(async () => {
      calls += 1
      if (calls === 1) throw new Error('down')
      return '"second"'
    })
    const outcome = accept('up-1', 4000)
    time.timers.set(() => void outbox.run(), 500)
    await time.advance(4000)
    expect(outcome).toMatchObject({ state: { state: 'done', response: '"second"' }, tookMs: 500 })
  })

  it('lets the first attempt take what is left of the time, and no more than its limit', async () => {
    const { time, store, accept } = create(hang)
    accept('up-1', 2500)
    accept('up-2', 60_000)
    await time.advance(4000)
    expect(store.ledger.find('up-1')?.error).toContain('within 2500 ms')
    expect(store.ledger.find('up-2')?.error).toContain('within 4000 ms')
  })

  it('reads the state again by itself: nobody has to wake a caller', async () => {
    const { time, store, accept } = create(hang)
    const outcome = accept('up-1', 4000)
    await time.advance(100)
    // As another process or a lost request would leave it.
    store.ledger.finish('up-1', '"elsewhere"', time.now())
    await time.advance(250)
    expect(outcome.state).toEqual({ state: 'done', response: '"elsewhere"' })
  })

  it.each([-3_600_000, 3_600_000])(
    'returns in time when the clock is set by %s ms while it waits',
    async (by) => {
      const { time, accept } = create(hang)
      const outcome = accept('up-1', 4000)
      await time.advance(1000)
      time.setClock(by)
      await time.advance(3100)
      expect(outcome.state).toMatchObject({ state: 'due' })
    },
  )

  it('gives every caller its own time', async () => {
    const { time, accept } = create(hang)
    const [long, short, none] = [accept('up-1', 3000), accept('up-1', 1000), accept('up-1', 0)]
    await time.advance(5000)
    expect([long.tookMs, short.tookMs, none.tookMs]).toEqual([3000, 1000, 0])
  })

  it('delivers all, each once, when more come at once than may be attempted at once', async () => {
    let atOnce = 0
    let mostAtOnce = 0
    const { time, accept } = create(
      async (_, { number }) => {
        expect(number).toBe(1)
        atOnce += 1
        mostAtOnce = Math.max(mostAtOnce, atOnce)
        await new Promise<void>((resolve) => time.timers.set(resolve, 100))
        atOnce -= 1
        return '{}'
      },
      { waitedConcurrency: 4 },
    )
    const outcomes = Array.from({ length: 20 }, (_, at) => accept(`up-${at}`, 4000))
    await time.advance(500)
    expect(outcomes.map(({ state }) => state?.state)).toEqual(Array(20).fill('done'))
    expect(mostAtOnce).toBe(4)
  })

  it('leaves no timer behind', async () => {
    const { time, accept } = create(async () => '{}')
    accept('up-1', 4000)
    accept('up-1', 4000)
    await time.advance(10)
    expect(time.pending).toBe(0)
  })
})

describe('closing', () => {
  it('lets callers go with the state as it is, and refuses new ones', async () => {
    const { time, outbox, accept } = create(hang, { closeMs: 100 })
    const waiting = accept('up-1', 4000)
    await time.advance(10)
    const closed = outbox.close()
    await time.advance(200)
    await closed
    expect(waiting.state).toMatchObject({ state: 'due', attempts: 1 })
    await expect(outbox.accept(buildReceipt('up-2'), 0)).rejects.toMatchObject({
      code: 'OUTBOX_CLOSED',
    })
    await expect(outbox.replay('up-1')).rejects.toMatchObject({ code: 'OUTBOX_CLOSED' })
  })
})

describe('the list of the dead', () => {
  it.each([0, -1, Number.NaN, 1e9])('bears a limit of %s', async (limit) => {
    const { outbox } = create(async () => '{}')
    expect(await outbox.dead({ limit })).toEqual({ entries: [] })
  })
})
