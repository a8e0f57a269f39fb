import { describe, expect, it } from 'vitest'
import type { Log } from '../../src/service/log.ts'
import { combineObservers, type Observer } from '../../src/service/observer.ts'

const REPORT = { outcome: 'DELIVERED' }

function createTestLog(): { log: Log; codes: string[] } {
  const codes: string[] = []
  return {
    codes,
    log: { failure: (code) => void codes.push(code), warning: (code) => void codes.push(code) },
  }
}

describe('several observers', () => {
  it('are all told, those with a method for it', () => {
    const { log, codes } = createTestLog()
    const told: string[] = []
    const named = (name: string): Observer => ({ callback: () => told.push(name) })
    combineObservers([named('a'), {}, named('b')], log)?.callback?.(REPORT)
    expect(told).toEqual(['a', 'b'])
    expect(codes).toEqual([])
  })

  it('are told although an earlier one throws, which is logged', () => {
    const { log, codes } = createTestLog()
    const told: unknown[] = []
    const broken: Observer = {
      callback() {
        throw new Error('broken')
      },
    }
    combineObservers([broken, { callback: (report) => told.push(report) }], log)?.callback?.(REPORT)
    expect(told).toEqual([REPORT])
    expect(codes).toEqual(['OBSERVER_FAILED'])
  })

  it('are none when there are none: nothing is measured', () => {
    expect(combineObservers([], createTestLog().log)).toBe(undefined)
  })
})
