import { describe, expect, it } from 'vitest'
import {
  beginAgain,
  beginCallback,
  beginHop,
  createTrace,
  endCallback,
  endHop,
  measureTotalMs,
  setState,
  settleDone,
  settleFailed,
} from '../../../client/demo/trace.ts'

const result = {
  id: 'id',
  key: 'key',
  response: { ok: 1 },
  delivery: 'done',
  via: 'callback',
} as const

function createSent() {
  const trace = createTrace('a.txt')
  const [ticket, bytes] = trace.hops
  beginHop(ticket, 100)
  endHop(ticket, 110)
  beginHop(bytes, 112)
  return trace
}

const readSpans = (trace: ReturnType<typeof createTrace>) =>
  trace.hops.map(({ state, fromMs, toMs }) => [state, fromMs, toMs])

describe('the trace of an upload', () => {
  it('has four steps that follow each other', () => {
    const trace = createSent()
    beginCallback(trace, 130)
    endCallback(trace, 150, true)
    settleDone(trace, result, 155)
    expect(readSpans(trace)).toEqual([
      ['done', 100, 110],
      ['done', 112, 130],
      ['done', 130, 150],
      ['done', 150, 155],
    ])
    expect(measureTotalMs(trace)).toBe(55)
    expect(trace).toMatchObject({ isEnded: true, isAsked: false, isDelivered: true, share: 1 })
  })

  it('is the same when the news of the callback comes after the response', () => {
    const trace = createSent()
    settleDone(trace, result, 155)
    beginCallback(trace, 130)
    endCallback(trace, 150, true)
    expect(readSpans(trace).slice(1)).toEqual([
      ['done', 112, 130],
      ['done', 130, 150],
      ['done', 150, 155],
    ])
  })

  it('never lets a step end before it began, whatever the server’s clock says', () => {
    const trace = createSent()
    beginCallback(trace, 90)
    endCallback(trace, 80, true)
    settleDone(trace, result, 115)
    for (const { fromMs, toMs } of trace.hops) expect(toMs).toBeGreaterThanOrEqual(fromMs)
    expect(measureTotalMs(trace)).toBe(15)
  })

  it('fails where it was; what failed begins anew when someone tries again', () => {
    const trace = createSent()
    settleFailed(trace, 120)
    expect(readSpans(trace)[1]).toEqual(['failed', 112, 120])
    expect(trace.isEnded).toBe(true)
    beginAgain(trace)
    const [, bytes] = trace.hops
    beginHop(bytes, 900)
    expect(bytes).toEqual({ state: 'active', fromMs: 900, toMs: 120 })
    expect(trace.isEnded).toBe(false)
  })

  it('ends when it is cancelled before its first request', () => {
    const trace = createTrace('a.txt')
    settleFailed(trace, 120)
    expect(trace.isEnded).toBe(true)
    expect(measureTotalMs(trace)).toBe(0)
  })

  it('knows when nothing moved, at most fifty times', () => {
    const trace = createSent()
    setState(trace, 'uploading', 112)
    setState(trace, 'paused', 120)
    setState(trace, 'offline', 130)
    setState(trace, 'uploading', 140)
    expect(trace.waits).toEqual([{ fromMs: 120, toMs: 140 }])
    for (let at = 200; at < 400; at += 2) {
      setState(trace, 'retrying', at)
      setState(trace, 'uploading', at + 1)
    }
    expect(trace.waits).toHaveLength(50)
    expect(trace.waits.at(-1)).toEqual({ fromMs: 296, toMs: 297 })
  })
})
