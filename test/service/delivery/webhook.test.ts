/** What is sent and how each response is taken, without a socket; in Node and in workerd. */
import { describe, expect, it } from 'vitest'
import { createWebhook } from '../../../src/service/delivery/webhook.ts'
import { verifyWebhook } from '../../../src/webhook/verify.ts'
import { createClock, START } from '../../support/clock.ts'
import { codeOf } from '../../support/samples.ts'
import {
  createAttempt,
  FACTS,
  OTHER_SECRET,
  RECEIPT,
  SECRET,
  SOURCE,
} from '../../support/webhook-samples.ts'

const url = 'https://app.example.com/hook?token=PLANTED'

function createSetup(respond: () => Response = () => Response.json({ ok: true })) {
  const requests: { request: Request; redirect: string | undefined }[] = []
  const clock = createClock()
  const deliver = createWebhook({
    url,
    secrets: [SECRET, OTHER_SECRET],
    source: SOURCE,
    now: clock.now,
    fetch: async (input, init) => {
      requests.push({ request: new Request(input, init), redirect: init?.redirect })
      return respond()
    },
  })
  return { deliver, requests, clock }
}

const text = (body: BodyInit, type?: string) => () =>
  new Response(body, type === undefined ? {} : { headers: { 'content-type': type } })

describe('a webhook', () => {
  it('is a POST that either secret verifies, never redirected', async () => {
    const { deliver, requests } = createSetup()
    expect(await deliver(RECEIPT, createAttempt())).toBe('{"ok":true}')
    const [{ request, redirect } = { request: new Request(url), redirect: '' }] = requests
    expect([request.method, request.url, redirect]).toEqual(['POST', url, 'manual'])
    expect(request.headers.get('content-type')).toBe('application/cloudevents+json')
    const body = new Uint8Array(await request.arrayBuffer())
    for (const secret of [SECRET, OTHER_SECRET]) {
      const event = verifyWebhook(request.headers, body, { secrets: [secret], now: START })
      expect(event).toMatchObject({ id: RECEIPT.id, type: 'com.oss-upcall.upload.stored' })
    }
    expect(request.headers.get('webhook-signature')?.split(' ').length).toBe(2)
  })

  it('has the same id and bytes on every attempt, with the time of the attempt', async () => {
    const { deliver, requests, clock } = createSetup()
    await deliver(RECEIPT, createAttempt())
    clock.advance(7200)
    const stored = { ...RECEIPT, at: new Date(RECEIPT.at) }
    await deliver(stored, createAttempt({ number: 9 }))
    const [first, later] = await Promise.all(
      requests.map(async ({ request: { headers }, request }) => ({
        body: await request.text(),
        id: headers.get('webhook-id'),
        seconds: Number(headers.get('webhook-timestamp')),
      })),
    )
    expect(later?.body).toBe(first?.body)
    expect(later?.id).toBe(first?.id)
    expect((later?.seconds ?? 0) - (first?.seconds ?? 0)).toBe(7200)
  })

  it.each(['replaced', 'dead'] as const)('tells of an upload that was %s', async (event) => {
    const { deliver, requests } = createSetup()
    await deliver(RECEIPT, createAttempt({ event, eventId: `${RECEIPT.id}.${event}` }))
    expect(await requests[0]?.request.json()).toMatchObject({
      type: `com.oss-upcall.upload.${event}`,
      id: `${RECEIPT.id}.${event}`,
      data: { id: RECEIPT.id },
    })
  })

  it.each<[string, () => Response, unknown]>([
    ['JSON', text('{"a":"海"}', 'application/json'), { a: '海' }],
    ['JSON of another media type', text('[1]', 'application/problem+json'), [1]],
    ['JSON without a media type', text(new TextEncoder().encode('{"a":1}')), { a: 1 }],
    ['JSON as text', text('7', 'text/plain'), 7],
    ['JSON with a byte order mark', text('\ufeff{"a":1}', 'application/json'), { a: 1 }],
    ['no body', () => new Response(null, { status: 204 }), FACTS],
    ['an empty body', text('', 'text/html'), FACTS],
    ['blanks', text(' \r\n', 'text/html'), FACTS],
    ['plain text', text('OK', 'text/plain; charset=utf-8'), FACTS],
    ['202', () => Response.json({ queued: true }, { status: 202 }), { queued: true }],
  ])('takes a 2xx with %s', async (_, respond, expected) => {
    const { deliver } = createSetup(respond)
    expect(JSON.parse(await deliver(RECEIPT, createAttempt()))).toEqual(expected)
  })

  it.each<[string, () => Response, RegExp]>([
    ['HTML', text('<!doctype html>', 'text/html'), /a page, not an endpoint\?.*204 and no body/],
    ['broken JSON', text('{"a":', 'application/json'), /neither JSON nor plain text/],
    ['two JSON values', text('{}{}', 'application/json'), /neither JSON nor plain text/],
    ['bytes that are not UTF-8', text(new Uint8Array([0x22, 0xff, 0x22])), /not in UTF-8/],
    ['half a character', text(new Uint8Array([0x22, 0xe6, 0xb5])), /not in UTF-8/],
    ['1 000 000 bytes', text(`"${'x'.repeat(999_998)}"`), /1000000 bytes or more/],
  ])('fails by a 2xx with %s', async (_, respond, words) => {
    await expect(createSetup(respond).deliver(RECEIPT, createAttempt())).rejects.toMatchObject({
      name: 'DeliveryError',
      code: 'DELIVERY_RESPONSE',
      message: expect.stringMatching(words),
    })
  })

  it('takes one byte less than the limit', async () => {
    const { deliver } = createSetup(text(`"${'x'.repeat(999_997)}"`))
    expect((await deliver(RECEIPT, createAttempt())).length).toBe(999_999)
  })

  it.each([
    [500, {}, { code: 'DELIVERY_FAILED', retryAfterSeconds: undefined }],
    [503, { 'retry-after': '120' }, { code: 'DELIVERY_FAILED', retryAfterSeconds: 120 }],
    [429, { 'retry-after': 'Sun, 22 Nov 2026 09:00:00 GMT' }, { retryAfterSeconds: 3600 }],
    [410, {}, { code: 'DELIVERY_GONE' }],
    [404, {}, { code: 'DELIVERY_FAILED' }],
  ])('fails by status %i', async (status, headers, expected) => {
    const { deliver } = createSetup(() => new Response('no', { status, headers }))
    await expect(deliver(RECEIPT, createAttempt())).rejects.toMatchObject(expected)
  })

  it('cancels the body of a failure unread', async () => {
    let isCancelled = false
    const body = new ReadableStream({
      cancel() {
        isCancelled = true
      },
    })
    const { deliver } = createSetup(() => new Response(body, { status: 500 }))
    await expect(deliver(RECEIPT, createAttempt())).rejects.toMatchObject({ name: 'DeliveryError' })
    expect(isCancelled).toBe(true)
  })

  it.each([
    ['before the response', () => Promise.reject(new TypeError('PLANTED failed'))],
    [
      'within the response',
      async () =>
        new Response(
          new ReadableStream({ start: (controller) => controller.error(new Error('PLANTED')) }),
        ),
    ],
  ])(
    'puts a network error %s into words that hold no path, query or secret',
    async (_, fetcher) => {
      const settings = { url, secrets: [SECRET], source: SOURCE, now: () => START }
      const deliver = createWebhook({ ...settings, fetch: fetcher })
      const error: unknown = await deliver(RECEIPT, createAttempt()).catch(
        (thrown: unknown) => thrown,
      )
      expect(error).toMatchObject({ name: 'DeliveryError', code: 'DELIVERY_FAILED' })
      const { message, cause } = error as Error
      expect([message, cause]).toEqual([expect.stringContaining('app.example.com'), undefined])
      for (const word of ['PLANTED', 'token', 'hook?', SECRET.slice(6)]) {
        expect(message).not.toContain(word)
      }
    },
  )

  it('refuses wrong settings at once, with all issues', () => {
    const create = (changes: object) => () =>
      createWebhook({ url, secrets: [SECRET], source: SOURCE, ...changes })
    expect(codeOf(create({ url: 'http://app.example.com', secrets: ['a'] }))).toBe('CONFIG')
    expect(codeOf(create({ url: '' }))).toBe('CONFIG')
    expect(codeOf(create({ secrets: [] }))).toBe('CONFIG')
    expect(codeOf(create({ url: '', secrets: [] }))).toBe('CONFIG')
  })
})
