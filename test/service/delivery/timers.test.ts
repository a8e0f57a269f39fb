import { describe, expect, it } from 'vitest'
import { backgroundTimers, systemTimers } from '../../../src/service/delivery/timers.ts'

describe.each([
  ['timers', systemTimers],
  ['background timers', backgroundTimers],
])('%s', (_, timers) => {
  it('call back after their delay, unless they are cleared', async () => {
    const called: string[] = []
    const cleared = timers.set(() => called.push('cleared'), 10)
    timers.set(() => called.push('called'), 10)
    timers.clear(cleared)
    // Background timers alone do not keep a Node process alive.
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(called).toEqual(['called'])
  })
})
