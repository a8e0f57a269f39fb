import { describe, expect, it } from 'vitest'
import { createSlots } from '../../../src/service/delivery/slots.ts'
import { createVirtualTime } from '../../support/virtual-time.ts'

function create() {
  const time = createVirtualTime()
  return { time, slots: createSlots({ waited: 2, backlog: 1 }, time.now) }
}

describe('the slots', () => {
  it('are counted for each kind alone', () => {
    const { slots } = create()
    slots.take('backlog', 1000)
    expect([slots.free('waited'), slots.free('backlog')]).toEqual([2, 0])
    const waited = slots.take('waited', 1000)
    expect(slots.free('waited')).toBe(1)
    slots.release(waited)
    slots.release(waited)
    expect(slots.free('waited')).toBe(2)
  })

  it('are free again after their time, even if nobody releases them', async () => {
    const { slots, time } = create()
    slots.take('backlog', 1000)
    await time.advance(999)
    expect(slots.free('backlog')).toBe(0)
    await time.advance(1)
    expect(slots.free('backlog')).toBe(1)
  })

  it('keep their time when the clock is set back', async () => {
    const { slots, time } = create()
    slots.take('backlog', 1000)
    time.setClock(-3_600_000)
    expect(slots.free('backlog')).toBe(0)
    await time.advance(1000)
    expect(slots.free('backlog')).toBe(1)
  })
})
