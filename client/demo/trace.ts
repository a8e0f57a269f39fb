/**
 * The four steps of one upload with their times: the ticket, the bytes, the callback, the response. The page measures
 * three of them at its transport; the dev server reports the callback. Times are ms since 1970 by this page's clock.
 */
import type { UploadResult, UploadState } from '../index.ts'

export type HopState = 'idle' | 'active' | 'done' | 'failed'

export interface Hop {
  state: HopState
  fromMs: number
  /** Of a step that is over. */
  toMs: number
}

export interface Span {
  fromMs: number
  /** Infinity while it lasts. */
  toMs: number
}

/** More are not told apart in a bar. */
const MAX_WAITS = 50

/** Nothing moves in these states. */
const WAITING: readonly UploadState[] = ['paused', 'offline', 'retrying']

export interface Trace {
  readonly name: string
  readonly hops: readonly [Hop, Hop, Hop, Hop]
  /** It continues an earlier upload. */
  isResumed: boolean
  /** The page asked the service for the response. */
  isAsked: boolean
  /** Of the bytes, 0 … 1. */
  share: number
  state: UploadState
  /** When it was paused, offline, or waiting for its next attempt. */
  readonly waits: Span[]
  response: unknown
  /** The application has the event. */
  isDelivered: boolean
  /** Nothing more happens, unless someone tries again. */
  isEnded: boolean
}

export const readPageClockMs = (): number => performance.timeOrigin + performance.now()

const createHop = (): Hop => ({ state: 'idle', fromMs: 0, toMs: 0 })

export function createTrace(name: string): Trace {
  return {
    name,
    hops: [createHop(), createHop(), createHop(), createHop()],
    isResumed: false,
    isAsked: false,
    share: 0,
    state: 'idle',
    waits: [],
    response: undefined,
    isDelivered: false,
    isEnded: false,
  }
}

/** A step that goes on already stays as it is: a repeated request belongs to it. */
export function beginHop(hop: Hop, atMs: number): void {
  if (hop.state === 'idle' || hop.state === 'failed') hop.fromMs = atMs
  hop.state = 'active'
}

export function endHop(hop: Hop, atMs: number, state: 'done' | 'failed' = 'done'): void {
  if (hop.state === 'idle') hop.fromMs = atMs
  hop.state = state
  hop.toMs = Math.max(hop.fromMs, atMs)
}

/** The callback has begun: OSS has all bytes. */
export function beginCallback({ hops: [, bytes, callback] }: Trace, atMs: number): void {
  const fromMs = Math.max(bytes.fromMs, atMs)
  endHop(bytes, fromMs)
  // Again, after the request that completes an upload was repeated.
  callback.state = 'idle'
  beginHop(callback, fromMs)
}

export function endCallback(
  { hops: [, , callback, response] }: Trace,
  atMs: number,
  isOk: boolean,
): void {
  endHop(callback, atMs, isOk ? 'done' : 'failed')
  // The news may come after the response itself.
  if (response.state === 'idle') beginHop(response, callback.toMs)
  else response.fromMs = Math.min(callback.toMs, response.toMs || callback.toMs)
}

export function settleDone(
  trace: Trace,
  { response, delivery, via }: UploadResult,
  atMs: number,
): void {
  const [ticket, bytes, callback, last] = trace.hops
  for (const hop of [ticket, bytes]) if (hop.state === 'active') endHop(hop, atMs)
  if (callback.state === 'active') endHop(callback, atMs)
  trace.isAsked = via === 'confirm'
  trace.share = 1
  trace.response = response
  trace.isDelivered = delivery === 'done'
  endHop(last, atMs)
  trace.isEnded = true
}

/** What was going on has failed. A cancelled upload ends the same way. */
export function settleFailed(trace: Trace, atMs: number): void {
  const last = trace.hops.findLast(({ state }) => state === 'active')
  if (last) endHop(last, atMs, 'failed')
  trace.isEnded = true
}

export const isWaiting = ({ state }: Trace): boolean => WAITING.includes(state)

export function setState(trace: Trace, state: UploadState, atMs: number): void {
  const wasWaiting = isWaiting(trace)
  trace.state = state
  if (isWaiting(trace) === wasWaiting) return
  const last = trace.waits.at(-1)
  if (wasWaiting) {
    // Not one that was left out.
    if (last?.toMs === Number.POSITIVE_INFINITY) last.toMs = atMs
  } else if (trace.waits.length < MAX_WAITS) {
    trace.waits.push({ fromMs: atMs, toMs: Number.POSITIVE_INFINITY })
  }
}

/** Someone tries again: what has failed begins anew. */
export function beginAgain(trace: Trace): void {
  trace.isEnded = false
  for (const hop of trace.hops) if (hop.state === 'failed') hop.state = 'idle'
}

/** From the first request to the last response; 0 before there is one. */
export function measureTotalMs({ hops }: Trace): number {
  const begun = hops.filter(({ state }) => state !== 'idle')
  if (begun.length === 0) return 0
  const from = Math.min(...begun.map(({ fromMs }) => fromMs))
  return Math.max(...begun.map(({ toMs }) => toMs), from) - from
}
