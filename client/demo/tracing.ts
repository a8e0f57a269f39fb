/** Connects uploads with what happens to them: a transport that measures, and the server's news about callbacks. */
import { createDiagnosis } from '../http/diagnosis.ts'
import { sendByXhr } from '../http/transport.ts'
import type { Transport, TransportRequest } from '../index.ts'
import type { ServerClock } from './clock.ts'
import type { OfflineSwitch } from './offline.ts'
import {
  beginCallback,
  beginHop,
  endCallback,
  endHop,
  readPageClockMs,
  type Trace,
} from './trace.ts'

/** News of the dev server; times by its clock. */
export interface CallbackStart {
  key: string
  atMs: number
}
export interface CallbackEnd {
  key: string
  fromMs: number
  toMs: number
  outcome: 'ok' | 'failed'
}

/** Keys whose news came before the page knew them, or of other pages. */
const MAX_REMEMBERED = 100

export interface Tracing {
  /** For `transport` of one upload. @param findTrace of this request */
  createTransport(
    findTrace: (request: TransportRequest) => Trace,
    onChange: (trace: Trace) => void,
  ): Transport
  /** The page knows the key of an upload. */
  setKey(trace: Trace, key: string): void
  onCallbackStart(news: CallbackStart): Trace | undefined
  onCallbackEnd(news: CallbackEnd): Trace | undefined
}

function readKey(text: string): string | undefined {
  try {
    const { key } = JSON.parse(text) as { key?: unknown }
    return typeof key === 'string' ? key : undefined
  } catch {
    return undefined
  }
}

/** Adds to a Map of limited size. */
function remember<Value>(map: Map<string, Value>, key: string, value: Value): void {
  map.delete(key)
  map.set(key, value)
  const [oldest = ''] = map.keys()
  if (map.size > MAX_REMEMBERED) map.delete(oldest)
}

export function createTracing(clock: ServerClock, offline: OfflineSwitch): Tracing {
  const traces = new Map<string, Trace>()
  const ends = new Map<string, CallbackEnd>()
  const send = createDiagnosis(offline.guard(sendByXhr))

  function applyEnd(trace: Trace, { fromMs, toMs, outcome }: CallbackEnd): void {
    const [, bytes, callback, response] = trace.hops
    // The page may have had the response before it hears of the callback.
    const untilMs = response.state === 'done' ? response.toMs : readPageClockMs()
    clock.narrow(bytes.fromMs, fromMs, untilMs)
    clock.narrow(bytes.fromMs, toMs, untilMs)
    if (callback.state !== 'active') beginCallback(trace, clock.toPageMs(fromMs))
    endCallback(trace, clock.toPageMs(toMs), outcome === 'ok')
  }

  function setKey(trace: Trace, key: string): void {
    if (traces.get(key) === trace) return
    remember(traces, key, trace)
    const end = ends.get(key)
    if (end) applyEnd(trace, end)
  }

  function begin(trace: Trace, { stage }: TransportRequest): void {
    const [ticket, bytes, callback, response] = trace.hops
    const nowMs = readPageClockMs()
    if (stage === 'resume') trace.isResumed = true
    if (stage === 'resume' || (stage === 'sign' && bytes.state === 'idle')) beginHop(ticket, nowMs)
    if (stage === 'send' || stage === 'complete') {
      if (ticket.state === 'active') endHop(ticket, nowMs)
      beginHop(bytes, nowMs)
    }
    if (stage === 'confirm') {
      trace.isAsked = true
      if (bytes.state === 'active') endHop(bytes, nowMs)
      if (callback.state !== 'done' && callback.state !== 'failed')
        endHop(callback, nowMs, 'failed')
      beginHop(response, nowMs)
    }
  }

  return {
    setKey,
    createTransport: (findTrace, onChange) => async (request) => {
      const trace = findTrace(request)
      const [ticket] = trace.hops
      begin(trace, request)
      onChange(trace)
      const response = await send(request)
      if (request.stage === 'sign' || request.stage === 'resume') {
        if (response.status < 300 && ticket.state === 'active') endHop(ticket, readPageClockMs())
        const key = readKey(response.text)
        if (key) setKey(trace, key)
        onChange(trace)
      }
      return response
    },
    onCallbackStart({ key, atMs }) {
      const trace = traces.get(key)
      if (trace) {
        clock.narrow(trace.hops[1].fromMs, atMs, readPageClockMs())
        beginCallback(trace, clock.toPageMs(atMs))
      }
      return trace
    },
    onCallbackEnd(end) {
      remember(ends, end.key, end)
      const trace = traces.get(end.key)
      if (trace) applyEnd(trace, end)
      return trace
    },
  }
}
