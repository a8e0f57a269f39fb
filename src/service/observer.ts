/**
 * Port: what the service tells whoever counts, logs or draws it. Without an observer nothing is measured.
 */
import type { DeliveryEventType } from './delivery/outbox.ts'
import type { Log } from './log.ts'
import type { RequestFacts } from './response.ts'

export interface RequestReport {
  /** `GET`, `HEAD`, `POST` or `OPTIONS`; `other` for all that the service does not know, since senders invent methods. */
  method: string
  /** Pattern of the route, e.g. `/uploads/parts`; `unmatched` for an address without a route. Never the path itself. */
  route: string
  status: number
  /** Until the response was ready, ms. */
  ms: number
  requestId: string
  /** Code of an error response. */
  error: string | undefined
  /** 32 hex digits, when the request has a trace. */
  traceId: string | undefined
  facts: Readonly<RequestFacts>
}

export interface CallbackReport {
  /** `DELIVERED`: the application has responded. `ACCEPTED`: recorded, delivered later. Else the code of the error. */
  outcome: string
}

/** One attempt to deliver an event. */
export interface DeliveryReport {
  event: DeliveryEventType
  /** From 1. */
  number: number
  /** `DELIVERED`, else the code of the error. */
  outcome: string
  ms: number
}

export interface Observer {
  request?(report: RequestReport): void
  callback?(report: CallbackReport): void
  delivery?(report: DeliveryReport): void
}

/** One observer of several; one that throws is logged, and harms neither the request nor the others. */
export function combineObservers(observers: readonly Observer[], log: Log): Observer | undefined {
  if (observers.length === 0) return undefined
  function tellAll(tell: (observer: Observer) => void): void {
    for (const observer of observers) {
      try {
        tell(observer)
      } catch (error) {
        log.failure('OBSERVER_FAILED', '', error)
      }
    }
  }
  return {
    request: (report) => tellAll((observer) => observer.request?.(report)),
    callback: (report) => tellAll((observer) => observer.callback?.(report)),
    delivery: (report) => tellAll((observer) => observer.delivery?.(report)),
  }
}
