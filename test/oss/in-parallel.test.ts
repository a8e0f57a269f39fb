import { describe, expect, it } from 'vitest'
import { inParallel } from '../../src/oss/in-parallel.ts'

async function* count(to: number, taken: number[] = []): AsyncGenerator<number> {
  for (let number = 1; number <= to; number += 1) {
    taken.push(number)
    yield number
  }
}
const pause = () => new Promise((resolve) => setTimeout(resolve, 1))

describe('work in parallel', () => {
  it('takes all entries, and never more at once than it may', async () => {
    let [running, most] = [0, 0]
    const done: number[] = []
    await inParallel(count(20), 3, async (entry) => {
      running += 1
      most = Math.max(most, running)
      await pause()
      running -= 1
      done.push(entry)
    })
    expect([most, done.length]).toEqual([3, 20])
  })

  it('ends with the first failure, when all that runs has ended, and takes no more', async () => {
    const taken: number[] = []
    let running = 0
    const failed = inParallel(count(100, taken), 4, async (entry) => {
      running += 1
      await pause()
      running -= 1
      if (entry === 2) throw new Error('second')
    })
    await expect(failed).rejects.toThrow('second')
    expect(running).toBe(0)
    expect(taken.length).toBeLessThan(10)
  })

  it('passes on the failure of the source, and leaves nothing running', async () => {
    let running = 0
    const source = (async function* () {
      yield* count(2)
      throw new Error('disk')
    })()
    const failed = inParallel(source, 4, async () => {
      running += 1
      await pause()
      running -= 1
    })
    await expect(failed).rejects.toThrow('disk')
    expect(running).toBe(0)
  })
})
