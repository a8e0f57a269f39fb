import { describe, expect, it } from 'vitest'
import { createTokenBuckets } from '../../src/service/rate-limiter.ts'
import { createClock } from '../support/clock.ts'

function setUp(perMinute: number, maxKeys?: number) {
  const clock = createClock()
  return { clock, limiter: createTokenBuckets({ perMinute, now: clock.now, maxKeys }) }
}

describe('token buckets', () => {
  it('give a minute of requests at once, and say when the next one works', () => {
    const { clock, limiter } = setUp(60)
    for (let at = 0; at < 60; at += 1) expect(limiter.take('a', 1)).toEqual({ allowed: true })
    expect(limiter.take('a', 1)).toEqual({ allowed: false, retryAfterSeconds: 1 })
    expect(limiter.take('a', 10)).toEqual({ allowed: false, retryAfterSeconds: 10 })
    clock.advance(10)
    expect(limiter.take('a', 10)).toEqual({ allowed: true })
    expect(limiter.take('a', 1)).toEqual({ allowed: false, retryAfterSeconds: 1 })
  })

  it('count each key for itself', () => {
    const { limiter } = setUp(1)
    expect(limiter.take('a', 1)).toEqual({ allowed: true })
    expect(limiter.take('b', 1)).toEqual({ allowed: true })
    expect(limiter.take('a', 1)).toEqual({ allowed: false, retryAfterSeconds: 60 })
  })

  it('hold no more than their size, however long nobody asks', () => {
    const { clock, limiter } = setUp(2)
    limiter.take('a', 1)
    clock.advance(86_400)
    expect(limiter.take('a', 2)).toEqual({ allowed: true })
    expect(limiter.take('a', 1)).toEqual({ allowed: false, retryAfterSeconds: 30 })
  })

  it('let what costs more than a bucket pass when it is full', () => {
    const { clock, limiter } = setUp(5)
    expect(limiter.take('a', 10)).toEqual({ allowed: true })
    expect(limiter.take('a', 10)).toEqual({ allowed: false, retryAfterSeconds: 60 })
    clock.advance(60)
    expect(limiter.take('a', 10)).toEqual({ allowed: true })
  })

  it('give nothing for a clock that was set back', () => {
    const { clock, limiter } = setUp(1)
    limiter.take('a', 1)
    clock.advance(-3600)
    expect(limiter.take('a', 1)).toEqual({ allowed: false, retryAfterSeconds: 60 })
    clock.advance(60)
    expect(limiter.take('a', 1)).toEqual({ allowed: true })
  })

  it('forget the keys that were not used for longest', () => {
    const { limiter } = setUp(1, 4)
    limiter.take('a', 1)
    for (const key of ['b', 'c', 'd', 'e', 'f']) limiter.take(key, 1)
    expect(limiter.take('f', 1)).toEqual({ allowed: false, retryAfterSeconds: 60 })
    expect(limiter.take('a', 1)).toEqual({ allowed: true })
  })
})
