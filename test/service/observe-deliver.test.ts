import { describe, expect, it } from 'vitest'
import { type Deliver, DeliveryError } from '../../src/service/delivery/outbox.ts'
import { observeDeliver } from '../../src/service/observe-deliver.ts'
import type { DeliveryReport } from '../../src/service/observer.ts'
import type { Tracing } from '../../src/service/tracing.ts'
import { createAttempt, RECEIPT } from '../support/webhook-samples.ts'

const TRACEPARENT = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'
const OWN = '00-4bf92f3577b34da6a3ce929d0e0e4736-1111111111111111-01'
const TRACED = { ...RECEIPT, unverified: { ...RECEIPT.unverified, traceparent: TRACEPARENT } }

function createClockMs(): () => number {
  let ms = 100
  return () => {
    ms += 25
    return ms
  }
}

describe('attempts to deliver', () => {
  it('are reported with their time, event and number', async () => {
    const reports: DeliveryReport[] = []
    const deliver = observeDeliver(async () => '{"ok":true}', {
      observer: { delivery: (report) => reports.push(report) },
      readClockMs: createClockMs(),
    })
    expect(await deliver(RECEIPT, createAttempt({ number: 3 }))).toBe('{"ok":true}')
    expect(reports).toEqual([{ event: 'stored', number: 3, outcome: 'DELIVERED', ms: 25 }])
  })

  it.each([
    [new DeliveryError('DELIVERY_GONE', 'gone'), 'DELIVERY_GONE'],
    [new Error('anything'), 'DELIVERY_FAILED'],
    ['a text', 'DELIVERY_FAILED'],
  ])('that fail with %s are reported as %s, and fail on', async (error, outcome) => {
    const reports: DeliveryReport[] = []
    const deliver = observeDeliver(() => Promise.reject(error), {
      observer: { delivery: (report) => reports.push(report) },
    })
    await expect(deliver(RECEIPT, createAttempt())).rejects.toBe(error)
    expect(reports).toMatchObject([{ outcome }])
  })

  it('are spans of the trace that the page began, and carry their own on', async () => {
    const seen: unknown[] = []
    const tracing: Tracing = {
      run(name, { parent }, work) {
        seen.push([name, parent])
        return work({ traceparent: OWN, set() {} })
      },
    }
    const deliver = observeDeliver(
      async (_, attempt) => JSON.stringify(attempt.traceparent ?? 'none'),
      { tracing },
    )
    expect(await deliver(TRACED, createAttempt())).toBe(`"${OWN}"`)
    expect(seen).toEqual([['deliver stored', TRACEPARENT]])
  })

  it('are the very same function where nobody observes', () => {
    const deliver: Deliver = async () => ''
    expect(observeDeliver(deliver, {})).toBe(deliver)
  })
})
