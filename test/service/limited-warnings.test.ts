import { describe, expect, it } from 'vitest'
import { createLimitedWarnings } from '../../src/service/limited-warnings.ts'
import { createClock } from '../support/clock.ts'

function setUp() {
  const clock = createClock()
  const lines: string[] = []
  const log = {
    failure: () => {},
    warning: (code: string, message: string) => void lines.push(`${code} ${message}`),
  }
  return { clock, lines, warn: createLimitedWarnings({ log, now: clock.now, perMinute: 2 }) }
}

describe('warnings that a sender could cause at will', () => {
  it('are written some times a minute for each code, and counted then', () => {
    const { clock, lines, warn } = setUp()
    for (let at = 0; at < 5; at += 1) warn('A', `text ${at}`)
    warn('B', 'other')
    expect(lines).toEqual(['A text 0', 'A text 1', 'B other'])
    clock.advance(60)
    warn('A', 'again')
    warn('B', 'again')
    expect(lines.slice(3)).toEqual([
      'A again (and 3 more before, which were not written)',
      'B again',
    ])
  })

  it('take no memory for codes without end', () => {
    const { lines, warn } = setUp()
    for (let at = 0; at < 1000; at += 1) warn(`C${at}`, '')
    expect(lines.length).toBe(1000)
  })
})
