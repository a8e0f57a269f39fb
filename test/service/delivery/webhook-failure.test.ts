import { describe, expect, it } from 'vitest'
import {
  describeNetworkError,
  describeStatus,
} from '../../../src/service/delivery/webhook-failure.ts'
import { START } from '../../support/clock.ts'

const live = new AbortController().signal
const fail = (code: unknown) =>
  new TypeError('fetch failed: https://app.example.com/?PLANTED', {
    cause: Object.assign(new Error('PLANTED'), { code }),
  })

describe('a network error', () => {
  it.each([
    ['ENOTFOUND', 'its host name does not resolve (ENOTFOUND)'],
    ['ECONNREFUSED', 'nothing listens there (ECONNREFUSED)'],
    ['EHOSTUNREACH', 'the connection failed (EHOSTUNREACH)'],
    ['constructor', 'the connection failed.'],
    ['no WORD?PLANTED', 'the connection failed.'],
    [7, 'the connection failed.'],
  ])('of code %s is put into words, without its message', (code, words) => {
    const { message } = describeNetworkError(fail(code), 'app.example.com', live)
    expect(message).toContain(`The webhook at app.example.com could not be reached: ${words}`)
    expect(message).not.toContain('PLANTED')
  })

  it('is the time limit when the attempt’s signal is aborted', () => {
    const { code, message } = describeNetworkError(fail('ECONNRESET'), 'a.b', AbortSignal.abort())
    expect([code, message]).toEqual([
      'DELIVERY_FAILED',
      'The webhook at a.b did not respond within the time limit of the attempt.',
    ])
  })

  it('may be anything, and its causes a ring', () => {
    const ring = new Error('a')
    ring.cause = ring
    for (const error of [ring, 'text', undefined, null]) {
      expect(describeNetworkError(error, 'a.b', live).code).toBe('DELIVERY_FAILED')
    }
  })
})

describe('a status', () => {
  const describeIt = (status: number, headers = {}) =>
    describeStatus(new Response(null, { status, headers }), 'a.b', START)

  it.each([200, 201, 202, 204, 206])('%i is none to describe', (status) => {
    expect(describeIt(status)).toBeUndefined()
  })

  it('410 ends the delivery', () => {
    expect(describeIt(410)).toMatchObject({ code: 'DELIVERY_GONE' })
  })

  it.each([301, 302, 303, 304, 307, 308])('%i is not followed', (status) => {
    const headers = { location: 'https://a.b/?PLANTED' }
    expect(describeIt(status, headers)).toMatchObject({
      code: 'DELIVERY_FAILED',
      message: `The webhook at a.b responded ${status}; redirects are not followed, set the URL that it leads to.`,
    })
  })

  it.each([400, 401, 404, 429, 500, 503])('%i fails, with its Retry-After', (status) => {
    expect(describeIt(status)).toMatchObject({
      code: 'DELIVERY_FAILED',
      message: `The webhook at a.b responded ${status}.`,
      retryAfterSeconds: undefined,
    })
    expect(describeIt(status, { 'retry-after': '7' })).toMatchObject({ retryAfterSeconds: 7 })
  })
})
