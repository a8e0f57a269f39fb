import { describe, expect, it } from 'vitest'
import { remember } from '../../src/protocol/remember.ts'

function count(most: number) {
  const asked: string[] = []
  const answer = remember(most, (text) => {
    asked.push(text)
    if (text === 'bad') throw new RangeError('bad')
    return text.toUpperCase()
  })
  return { asked, answer }
}

describe('remember', () => {
  it('computes once for each text', () => {
    const { asked, answer } = count(2)
    expect([answer('a'), answer('b'), answer('a'), answer('b')]).toEqual(['A', 'B', 'A', 'B'])
    expect(asked).toEqual(['a', 'b'])
  })

  it('keeps no more than it may, and stays right', () => {
    const { asked, answer } = count(2)
    for (const text of ['a', 'b', 'c', 'a', 'c']) expect(answer(text)).toBe(text.toUpperCase())
    expect(asked).toEqual(['a', 'b', 'c', 'a'])
  })

  it('keeps nothing of what throws', () => {
    const { asked, answer } = count(2)
    expect(() => answer('bad')).toThrow(RangeError)
    expect(() => answer('bad')).toThrow(RangeError)
    expect(asked).toEqual(['bad', 'bad'])
  })

  it('takes the names that every object has as texts like any other', () => {
    expect(['__proto__', 'constructor', ''].map(count(4).answer)).toEqual([
      '__PROTO__',
      'CONSTRUCTOR',
      '',
    ])
  })
})
