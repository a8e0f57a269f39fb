/**
 * One contract per port: every implementation, ours or yours, passes the same suite.
 */
import { expect, it } from 'vitest'
import type { DeliveryStore } from '../../src/service/delivery.ts'

/** A run that counts itself. */
function createRun(answer = 'answer') {
  const state = { runs: 0, release: () => {} }
  const gate = new Promise<void>((resolve) => {
    state.release = resolve
  })
  return {
    state,
    atOnce: async () => {
      state.runs += 1
      return `${answer} ${state.runs}`
    },
    whenReleased: async () => {
      state.runs += 1
      const run = state.runs
      await gate
      return `${answer} ${run}`
    },
  }
}

/** What a delivery store promises. */
export function testDeliveryStore(create: () => DeliveryStore): void {
  it('answers the first answer again, without running again', async () => {
    const store = create()
    const { state, atOnce } = createRun()
    expect(await store.once('a', atOnce)).toBe('answer 1')
    expect(await store.once('a', atOnce)).toBe('answer 1')
    expect(state.runs).toBe(1)
  })

  it('keeps ids apart', async () => {
    const store = create()
    expect(await store.once('a', async () => 'one')).toBe('one')
    expect(await store.once('b', async () => 'two')).toBe('two')
    expect(await store.once('__proto__', async () => 'three')).toBe('three')
  })

  it('runs once for all who come at the same time', async () => {
    const store = create()
    const { state, whenReleased } = createRun()
    const all = [1, 2, 3].map(() => store.once('a', whenReleased))
    state.release()
    expect(await Promise.all(all)).toEqual(['answer 1', 'answer 1', 'answer 1'])
    expect(state.runs).toBe(1)
  })

  it('forgets a failure, and tells it to all who waited', async () => {
    const store = create()
    let runs = 0
    const fail = async (): Promise<string> => {
      runs += 1
      throw new Error(`failure ${runs}`)
    }
    const both = await Promise.allSettled([store.once('a', fail), store.once('a', fail)])
    expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    expect(runs).toBe(1)
    expect(await store.once('a', async () => 'better')).toBe('better')
  })

  it('keeps an empty answer too', async () => {
    const store = create()
    expect(await store.once('a', async () => '')).toBe('')
    expect(await store.once('a', async () => 'other')).toBe('')
  })
}
