import { describe, expect, it } from 'vitest'
import { createPace } from '../../../src/service/delivery/pace.ts'
import { createVirtualTime } from '../../support/virtual-time.ts'

describe('the pace', () => {
  it('allows a burst of a tenth of a second, then so many a second', async () => {
    const time = createVirtualTime()
    const pace = createPace(500, time.now)
    expect(pace.allowance()).toBe(50)
    pace.spend(50)
    expect(pace.allowance()).toBe(0)
    expect(pace.nextAt).toBe(time.now() + 2)
    let started = 0
    for (let step = 0; step < 1000; step += 1) {
      await time.advance(1)
      started += pace.allowance()
      pace.spend(pace.allowance())
    }
    expect(started).toBe(500)
  })

  it('saves no more than a burst in a long pause', async () => {
    const time = createVirtualTime()
    const pace = createPace(500, time.now)
    await time.advance(3_600_000)
    expect(pace.allowance()).toBe(50)
  })

  it('allows one at a time when fewer than ten a second are asked for', async () => {
    const time = createVirtualTime()
    const pace = createPace(2, time.now)
    expect(pace.allowance()).toBe(1)
    pace.spend(1)
    await time.advance(499)
    expect(pace.allowance()).toBe(0)
    await time.advance(1)
    expect(pace.allowance()).toBe(1)
  })

  it('goes on after the clock was set back', async () => {
    const time = createVirtualTime()
    const pace = createPace(500, time.now)
    pace.spend(50)
    time.setClock(-3_600_000)
    expect(pace.allowance()).toBe(0)
    await time.advance(4)
    expect(pace.allowance()).toBe(1)
  })

  it('can be without a limit', () => {
    const pace = createPace(Infinity, createVirtualTime().now)
    pace.spend(1_000_000)
    expect(pace.allowance()).toBe(Infinity)
  })
})
