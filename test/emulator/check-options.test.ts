import { describe, expect, it } from 'vitest'
import { createEmulatorWithClient, KEY } from './emulator-with-client.ts'

describe('the options of a local OSS', () => {
  it('are checked together: the error names every issue', () => {
    const run = () =>
      createEmulatorWithClient({
        accessKeys: [KEY, KEY],
        buckets: ['A_b', 'aaa', 'aaa', { name: 'bbb', domains: ['x.example', 'X.example:80'] }],
      })
    expect(run).toThrow(/A_b.*aaa is there twice.*ak is there twice.*x\.example means two buckets/)
    expect(() => createEmulatorWithClient({ accessKeys: [] })).toThrow(/no request could be signed/)
  })
})
