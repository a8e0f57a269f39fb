import { describe, expect, it } from 'vitest'
import {
  describeError,
  MAX_RESPONSE_BYTES,
  runAttempt,
} from '../../../src/service/delivery/attempt.ts'
import { encodeReceipt } from '../../../src/service/delivery/delivery-record.ts'
import { type Deliver, DeliveryError } from '../../../src/service/delivery/outbox.ts'
import { createVirtualTime } from '../../support/virtual-time.ts'
import { buildReceipt } from './outbox-contract.ts'

const receipt = buildReceipt('up-1')
const text = encodeReceipt(receipt)
const attempt = { eventId: 'up-1', event: 'stored', number: 3 } as const

const run = (deliver: Deliver, stop?: AbortSignal) =>
  runAttempt(deliver, text, attempt, { limitMs: 1000, ...(stop && { stop }) })

describe('an attempt', () => {
  it('passes on the receipt, the event and a signal', async () => {
    const result = await run(async (given, { signal, ...rest }) => {
      expect(given).toEqual(receipt)
      expect(rest).toEqual(attempt)
      expect(signal.aborted).toBe(false)
      return '{"ok":true}'
    })
    expect(result).toEqual({ kind: 'done', response: '{"ok":true}' })
  })

  it('ends at its time limit, whatever the application does, and aborts its signal', async () => {
    const time = createVirtualTime()
    const signals: AbortSignal[] = []
    const deliver: Deliver = (_, { signal }) => {
      signals.push(signal)
      return new Promise(() => {})
    }
    let result: unknown
    const ended = runAttempt(deliver, text, attempt, { limitMs: 4000, timers: time.timers })
    ended.then((value) => {
      result = value
    })
    await time.advance(3999)
    expect(result).toBeUndefined()
    await time.advance(1)
    expect(result).toEqual({
      kind: 'failed',
      error: 'The application did not respond within 4000 ms.',
      retryAfterSeconds: undefined,
    })
    expect(signals[0]?.aborted).toBe(true)
    expect(time.pending).toBe(0)
  })

  it('frees its timer when the application responds', async () => {
    const time = createVirtualTime()
    await runAttempt(async () => '{}', text, attempt, { limitMs: 4000, timers: time.timers })
    expect(time.pending).toBe(0)
  })

  it('ends at once when the service stops, or has stopped', async () => {
    const controller = new AbortController()
    const ended = run(() => new Promise(() => {}), controller.signal)
    controller.abort()
    const stopped = { kind: 'failed', error: 'The service stopped during the attempt.' }
    expect(await ended).toMatchObject(stopped)
    expect(await run(() => new Promise(() => {}), controller.signal)).toMatchObject(stopped)
  })

  it('tells a receipt that must not be tried again from one that must', async () => {
    const fail = (error: unknown) => run(() => Promise.reject(error))
    expect(await fail(new DeliveryError('DELIVERY_GONE', 'Status 410.'))).toEqual({
      kind: 'gone',
      error: 'Status 410.',
    })
    const options = { retryAfterSeconds: 7 }
    expect(await fail(new DeliveryError('DELIVERY_FAILED', 'Busy.', options))).toEqual({
      kind: 'failed',
      error: 'Busy.',
      retryAfterSeconds: 7,
    })
    expect(await fail('text')).toEqual({ kind: 'failed', error: 'text' })
    expect(
      await run(() => {
        throw new Error('At once.')
      }),
    ).toEqual({ kind: 'failed', error: 'At once.' })
  })

  it.each([
    ['null', null],
    ['an object', {}],
    ['half of JSON', '{"a":'],
    ['JSON with a rest', '{} {}'],
    ['too much', JSON.stringify('x'.repeat(MAX_RESPONSE_BYTES - 2))],
    ['too much in UTF-8', JSON.stringify('照'.repeat(MAX_RESPONSE_BYTES / 3))],
    ['deeply nested text without an end', '['.repeat(900_000)],
  ])('counts %s as a failure', async (_, response) => {
    expect(await run(async () => response as string)).toMatchObject({ kind: 'failed' })
  })

  it('takes the largest response, and any JSON', async () => {
    for (const response of [
      'null',
      '0',
      '""',
      JSON.stringify('x'.repeat(MAX_RESPONSE_BYTES - 3)),
    ]) {
      expect(await run(async () => response)).toEqual({ kind: 'done', response })
    }
  })

  it('replaces half a character, which no database keeps', async () => {
    expect(await run(async () => '"\ud83d"')).toEqual({ kind: 'done', response: '"\ufffd"' })
  })

  it('counts a stored receipt that is not readable as a failure', async () => {
    const options = { limitMs: 1000 }
    const result = await runAttempt(async () => '{}', '{"half', attempt, options)
    expect(result.kind).toBe('failed')
  })
})

describe('the words of an error', () => {
  it('drop queries, which may hold tokens, and control characters', () => {
    const error = new Error('fetch of https://app.example/hook?token=SECRET#SECRET\nfailed\u0000')
    expect(describeError(error)).toBe('fetch of https://app.example/hook failed')
  })

  it('are never empty and never long', () => {
    expect(describeError(new Error(''))).toBe('Error')
    expect(describeError('')).toBe('The application gave no reason.')
    expect(describeError(undefined)).toBe('undefined')
    expect(describeError(new Error('照'.repeat(100_000)))).toHaveLength(500)
  })
})
