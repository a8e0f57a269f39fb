import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createCache, memoize } from '../../src/protocol/cache.ts'

describe('createCache', () => {
  it('never has more entries than it may, and always the last half that was used', () => {
    const uses = fc.array(fc.tuple(fc.nat(20), fc.boolean()), { maxLength: 200 })
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 12 }), uses, (maxEntries, keys) => {
        const cache = createCache<number, string>({ maxEntries })
        let lastUsed: number[] = []
        for (const [key, isWrite] of keys) {
          if (isWrite) cache.set(key, `${key}`)
          const value = cache.get(key)
          if (isWrite || lastUsed.includes(key)) expect(value).toBe(`${key}`)
          else expect([undefined, `${key}`]).toContain(value)
          expect(cache.size).toBeLessThanOrEqual(maxEntries)
          if (value === undefined) continue
          lastUsed = [key, ...lastUsed.filter((used) => used !== key)]
          lastUsed = lastUsed.slice(0, Math.floor(maxEntries / 2))
        }
      }),
    )
  })

  it('replaces a value', () => {
    const cache = createCache<string, number>({ maxEntries: 2 })
    cache.set('a', 1)
    cache.set('b', 2)
    cache.set('a', 3)
    expect([cache.get('a'), cache.size]).toEqual([3, 2])
  })
})

function countCalls(maxEntries: number) {
  const computed: string[] = []
  const run = memoize(
    (text: string) => {
      computed.push(text)
      if (text === 'bad') throw new RangeError('bad')
      return text.toUpperCase()
    },
    { maxEntries },
  )
  return { computed, run }
}

describe('memoize', () => {
  it('computes once for each text', () => {
    const { computed, run } = countCalls(4)
    expect([run('a'), run('b'), run('a'), run('b')]).toEqual(['A', 'B', 'A', 'B'])
    expect(computed).toEqual(['a', 'b'])
  })

  it('computes again what was dropped, and stays right', () => {
    const { computed, run } = countCalls(2)
    for (const text of ['a', 'b', 'c', 'a', 'c']) expect(run(text)).toBe(text.toUpperCase())
    expect(computed).toEqual(['a', 'b', 'c', 'a'])
  })

  it('caches no errors', () => {
    const { computed, run } = countCalls(2)
    expect(() => run('bad')).toThrow(RangeError)
    expect(() => run('bad')).toThrow(RangeError)
    expect(computed).toEqual(['bad', 'bad'])
  })

  it('takes the names that every object has as texts like any other', () => {
    expect(['__proto__', 'constructor', ''].map((text) => countCalls(4).run(text))).toEqual([
      '__PROTO__',
      'CONSTRUCTOR',
      '',
    ])
  })
})
