import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createDueQueue, type DueEntry } from '../../../src/service/delivery/due-queue.ts'

function drain(queue: ReturnType<typeof createDueQueue>): DueEntry[] {
  const drained: DueEntry[] = []
  for (let entry = queue.pop(); entry; entry = queue.pop()) drained.push(entry)
  return drained
}

describe('the queue of what is due', () => {
  it('is empty at first', () => {
    const queue = createDueQueue()
    expect(queue.peek()).toBeUndefined()
    expect(queue.pop()).toBeUndefined()
  })

  it('gives the earliest first, and of equal times the one recorded first', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 20 })), (times) => {
        const queue = createDueQueue()
        const entries = times.map((nextAt, position) => ({
          eventId: `${position}`,
          nextAt,
          position,
        }))
        for (const entry of entries) queue.push(entry)
        const sorted = entries.toSorted((a, b) => a.nextAt - b.nextAt || a.position - b.position)
        expect(queue.peek()).toEqual(sorted[0])
        expect(drain(queue)).toEqual(sorted)
      }),
    )
  })

  it('keeps its order when pushes and pops alternate', () => {
    const queue = createDueQueue()
    for (const nextAt of [5, 1, 3]) queue.push({ eventId: 'a', nextAt, position: 0 })
    expect(queue.pop()?.nextAt).toBe(1)
    queue.push({ eventId: 'a', nextAt: 2, position: 0 })
    expect(drain(queue).map(({ nextAt }) => nextAt)).toEqual([2, 3, 5])
  })
})
