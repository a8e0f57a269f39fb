import { describe, expect, it } from 'vitest'
import { createServerClock } from '../../../client/demo/clock.ts'

describe('the clock of the server, as the page sees it', () => {
  it('is the page’s own as long as nothing says otherwise, however slow the responses are', () => {
    const clock = createServerClock()
    expect(clock.toPageMs(5000)).toBe(5000)
    clock.narrow(1000, 1090, 1100)
    expect(clock.toPageMs(1090)).toBe(1090)
  })

  it('is read ever more exactly from what happens between two moments of the page', () => {
    const clock = createServerClock()
    clock.narrow(1000, 61_050, 1100)
    expect(clock.toPageMs(61_050)).toBe(1050)
    clock.narrow(2000, 62_004, 2006)
    // Between 59 998 and 60 004 ms ahead.
    expect(clock.toPageMs(62_004)).toBeCloseTo(2003)
  })

  it('never puts an effect before its cause', () => {
    const clock = createServerClock()
    clock.narrow(1000, 61_050, 1100)
    clock.narrow(2000, 62_010, 2500)
    expect(clock.toPageMs(62_010)).toBeGreaterThanOrEqual(2000)
  })

  it('is read anew when it was set meanwhile; bounds the wrong way round say nothing', () => {
    const clock = createServerClock()
    clock.narrow(1000, 61_050, 1100)
    clock.narrow(2000, 5000, 2010)
    expect(clock.toPageMs(5000)).toBeCloseTo(2005)
    clock.narrow(3000, 9000, 2000)
    expect(clock.toPageMs(5000)).toBeCloseTo(2005)
  })
})
