/** Attempts to deliver, measured and traced. */
import { type Deliver, DeliveryError } from './delivery/outbox.ts'
import type { Observer } from './observer.ts'
import type { Tracing } from './tracing.ts'

export interface ObserveDeliverOptions {
  observer?: Observer | undefined
  tracing?: Tracing | undefined
  /** A clock that is never set back, ms. @default performance.now */
  readClockMs?: () => number
}

/** The code of an attempt's failure. */
export function nameFailure(error: unknown): string {
  return error instanceof DeliveryError ? error.code : 'DELIVERY_FAILED'
}

/** The same `deliver` when nobody observes. Each attempt is a span of the trace that the page began, however late it is. */
export function observeDeliver(
  deliver: Deliver,
  { observer, tracing, readClockMs = () => performance.now() }: ObserveDeliverOptions,
): Deliver {
  const traced: Deliver = tracing
    ? (receipt, attempt) => {
        const { event, number } = attempt
        const { traceparent: parent } = receipt.unverified
        const attributes = { 'upcall.event': event, 'upcall.attempt': number }
        return tracing.run(`deliver ${event}`, { kind: 'client', parent, attributes }, (span) =>
          deliver(
            receipt,
            span.traceparent ? { ...attempt, traceparent: span.traceparent } : attempt,
          ),
        )
      }
    : deliver
  if (!observer) return traced
  return async (receipt, attempt) => {
    const { event, number } = attempt
    const startedMs = readClockMs()
    const tell = (outcome: string): void =>
      observer.delivery?.({ event, number, outcome, ms: readClockMs() - startedMs })
    try {
      const response = await traced(receipt, attempt)
      tell('DELIVERED')
      return response
    } catch (error) {
      tell(nameFailure(error))
      throw error
    }
  }
}
