import { describe, expect, it } from 'vitest'
import type { Progress } from '../../../client/options.ts'
import { createMeter } from '../../../client/upload/progress.ts'

function createTestMeter(total: number) {
  let time = 1000
  const advance = (ms: number) => {
    time += ms
  }
  const heard: Progress[] = []
  const measure = createMeter(
    { file: { size: total } },
    (progress) => heard.push(progress),
    () => time,
  )
  return { heard, measure, advance }
}

describe('progress', () => {
  it('never falls, although a part starts again', () => {
    const { measure, advance } = createTestMeter(100)
    const seen = [10, 60, 20, 0, 59, 61].map((sent) => {
      advance(200)
      return measure(sent, 'uploading').loaded
    })
    expect(seen).toEqual([10, 60, 60, 60, 60, 61])
  })

  it('is 100 % when done and not before', () => {
    const { measure } = createTestMeter(100)
    expect(measure(100, 'uploading').percentage).toBe(99)
    expect(measure(100, 'completing').percentage).toBe(99)
    expect(measure(100, 'confirming').percentage).toBe(99)
    expect(measure(100, 'done').percentage).toBe(100)
  })

  it('of an empty file is 0 and then 100', () => {
    const { measure } = createTestMeter(0)
    expect(measure(0, 'uploading')).toMatchObject({ loaded: 0, percentage: 0 })
    expect(measure(0, 'done')).toMatchObject({ loaded: 0, total: 0, percentage: 100 })
  })

  it('never counts more than the file has', () => {
    const { measure } = createTestMeter(100)
    expect(measure(120, 'uploading').loaded).toBe(100)
  })

  it('measures speed over the last seconds, not since the start', () => {
    const { measure, advance } = createTestMeter(100_000)
    let sent = 0
    let last = measure(0, 'uploading')
    for (const step of [...Array(20).fill(1000), ...Array(20).fill(100)]) {
      advance(1000)
      sent += step
      last = measure(sent, 'uploading')
    }
    expect(last.speed).toBe(100)
    expect(last.etaSeconds).toBe((100_000 - sent) / 100)
  })

  it('takes nothing sent before a pause for speed', () => {
    const { measure, advance } = createTestMeter(1000)
    measure(500, 'uploading')
    measure(500, 'paused')
    advance(60_000)
    expect(measure(500, 'uploading').speed).toBe(0)
    advance(1000)
    expect(measure(600, 'uploading').speed).toBe(100)
  })

  it('knows no time left while nothing moves', () => {
    const { measure } = createTestMeter(1000)
    expect(measure(0, 'uploading').etaSeconds).toBeUndefined()
  })

  it('is told at most ten times a second, and at each new state', () => {
    const { measure, advance, heard } = createTestMeter(1000)
    for (let sent = 0; sent < 50; sent += 1) {
      advance(10)
      measure(sent, 'uploading')
    }
    measure(50, 'completing')
    measure(50, 'done')
    expect(heard.length).toBeLessThanOrEqual(8)
    expect(heard.slice(-2).map(({ state }) => state)).toEqual(['completing', 'done'])
  })
})
