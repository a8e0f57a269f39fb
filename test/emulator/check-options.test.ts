import { describe, expect, it } from 'vitest'
import { createDesk, KEY } from './desk.ts'

describe('the options of a desk', () => {
  it('are complained about all at once', () => {
    const run = () =>
      createDesk({
        accessKeys: [KEY, KEY],
        buckets: ['A_b', 'aaa', 'aaa', { name: 'bbb', domains: ['x.example', 'X.example:80'] }],
      })
    expect(run).toThrow(/A_b.*aaa is there twice.*ak is there twice.*x\.example means two buckets/)
    expect(() => createDesk({ accessKeys: [] })).toThrow(/nobody could sign/)
  })
})
