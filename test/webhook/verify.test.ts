import { describe, expect, it } from 'vitest'
import { fromUtf8 } from '../../src/protocol/bytes.ts'
import { MAX_EVENT_BYTES, verifyWebhook, type WebhookHeaders } from '../../src/webhook/verify.ts'
import { START } from '../support/clock.ts'
import { codeOf } from '../support/samples.ts'
import { OTHER_SECRET, RECEIPT, SECRET, signRequest } from '../support/webhook-samples.ts'

const options = { secrets: [SECRET], now: START }
const good = signRequest()
const without = (name: string) =>
  Object.fromEntries(Object.entries(good.headers).filter(([key]) => key !== name))
const codeFor = (headers: unknown, body: unknown, more: object = {}) =>
  codeOf(() => verifyWebhook(headers as WebhookHeaders, body as string, { ...options, ...more }))

function messageFor(headers: unknown, body: unknown): string {
  try {
    verifyWebhook(headers as WebhookHeaders, body as string, options)
  } catch (error) {
    return (error as Error).message
  }
  return ''
}

describe('verifyWebhook', () => {
  it('returns the event', () => {
    const event = verifyWebhook(good.headers, good.body, options)
    expect(event).toMatchObject({ id: RECEIPT.id, type: 'com.oss-upcall.upload.stored' })
    expect(event.data.name).toBe('海边 🏖.png')
    expect(event.data.at).toBe('2026-11-22T07:59:58.123Z')
  })

  it.each<[string, (headers: Record<string, string>) => unknown]>([
    ['Headers', (headers) => new Headers(headers)],
    ['a Map', (headers) => new Map(Object.entries(headers))],
    [
      'names in capitals',
      (headers) =>
        Object.fromEntries(
          Object.entries(headers).map(([name, text]) => [name.toUpperCase(), text]),
        ),
    ],
    [
      'arrays of one',
      (headers) =>
        Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, [text]])),
    ],
  ])('takes headers as %s', (_, convert) => {
    expect(codeFor(convert(good.headers), good.body)).toBeUndefined()
  })

  it.each<[string, unknown]>([
    ['text', fromUtf8(good.body)],
    ['an ArrayBuffer', good.body.buffer],
    ['a DataView', new DataView(good.body.buffer)],
    ['a view into a longer buffer', new Uint8Array([0, ...good.body, 0]).subarray(1, -1)],
  ])('takes the body as %s', (_, body) => {
    expect(codeFor(good.headers, body)).toBeUndefined()
  })

  it('takes either secret while the sender changes it', () => {
    const both = signRequest({ secrets: [SECRET, OTHER_SECRET] })
    for (const secret of [SECRET, OTHER_SECRET]) {
      expect(codeFor(both.headers, both.body, { secrets: [secret] })).toBeUndefined()
    }
    const onlyOld = signRequest({ secrets: [OTHER_SECRET] })
    expect(codeFor(onlyOld.headers, onlyOld.body, { secrets: [SECRET, OTHER_SECRET] })).toBe(
      undefined,
    )
    expect(codeFor(onlyOld.headers, onlyOld.body)).toBe('WEBHOOK_SIGNATURE')
  })

  it('passes over signatures of other versions', () => {
    const signature = `v1a,AAAA v2,BBBB ${good.headers['webhook-signature']} v1,`
    expect(codeFor({ ...good.headers, 'webhook-signature': signature }, good.body)).toBe(undefined)
  })

  it.each(['webhook-id', 'webhook-timestamp', 'webhook-signature'])(
    'needs the header %s',
    (name) => {
      for (const headers of [without(name), { ...good.headers, [name]: '' }]) {
        expect(codeFor(headers, good.body)).toBe('WEBHOOK_HEADER')
        expect(messageFor(headers, good.body)).toContain(`The header ${name} is missing`)
      }
    },
  )

  it.each([undefined, null, 'text', 1])('says what headers are when it gets %o', (headers) => {
    expect(messageFor(headers, good.body)).toContain('Pass the headers of the request')
  })

  it.each<[string, unknown]>([
    ['a parsed object', JSON.parse(fromUtf8(good.body))],
    ['nothing', undefined],
    ['null', null],
    ['a promise', Promise.resolve(good.body)],
    ['an array of numbers', [...good.body]],
  ])('says that %s is not the raw body', (_, body) => {
    expect(codeFor(good.headers, body)).toBe('WEBHOOK_BODY')
    expect(messageFor(good.headers, body)).toMatch(/parsed already.*express\.raw/)
  })

  it('does not believe a body that was parsed and serialized again', () => {
    const pretty = JSON.stringify(JSON.parse(fromUtf8(good.body)), null, 2)
    expect(codeFor(good.headers, pretty)).toBe('WEBHOOK_SIGNATURE')
    expect(messageFor(good.headers, pretty)).toContain('parsed and serialized again')
  })

  it.each(['webhook-id', 'webhook-timestamp'])('does not believe another %s', (name) => {
    const headers = { ...good.headers, [name]: `${good.headers[name]}1`.slice(-12) }
    expect(codeFor(headers, good.body)).toBe('WEBHOOK_SIGNATURE')
  })

  it('does not believe any other byte anywhere in the body', () => {
    for (let at = 0; at < good.body.length; at += 1) {
      const body = good.body.slice()
      body[at] = (body[at] ?? 0) ^ 1
      expect(codeFor(good.headers, body), `byte ${at}`).toBe('WEBHOOK_SIGNATURE')
    }
  })

  it.each(['', 'v1', 'v1,', 'v1,AAAA', '='])('does not believe the signature "%s"', (signature) => {
    const headers = { ...good.headers, 'webhook-signature': signature || ' ' }
    expect(codeFor(headers, good.body)).toBe('WEBHOOK_SIGNATURE')
  })

  it('cannot be made to read a part of the id as the time', () => {
    const id = `${RECEIPT.id}.1763798400`
    const { headers, body } = signRequest({ id })
    const text = `${headers['webhook-timestamp']}.${fromUtf8(body)}`
    const moved = { ...headers, 'webhook-id': RECEIPT.id, 'webhook-timestamp': '1763798400' }
    const now = new Date(1_763_798_400_000)
    expect(codeFor(moved, text, { now })).toBe('WEBHOOK_BODY')
  })

  it.each(['soon', '-5', '1e9', '1732262400.5', ' 1732262400', '9'.repeat(13)])(
    'refuses the time "%s"',
    (time) => {
      const headers = { ...good.headers, 'webhook-timestamp': time }
      expect(codeFor(headers, good.body)).toBe('WEBHOOK_HEADER')
    },
  )

  it('allows five minutes, before and after', () => {
    for (const [seconds, code] of [
      [300, undefined],
      [-300, undefined],
      [301, 'WEBHOOK_TIMESTAMP'],
      [-301, 'WEBHOOK_TIMESTAMP'],
    ] as const) {
      const now = new Date(START.getTime() + seconds * 1000)
      expect(codeFor(good.headers, good.body, { now }), `${seconds} s`).toBe(code)
    }
    const later = new Date(START.getTime() + 10_000)
    expect(codeFor(good.headers, good.body, { now: later, toleranceSeconds: 9 })).toBe(
      'WEBHOOK_TIMESTAMP',
    )
    expect(codeFor(good.headers, good.body, { toleranceSeconds: Number.NaN })).toBe(
      'WEBHOOK_TIMESTAMP',
    )
  })

  it('uses the system clock by default', () => {
    const { headers, body } = signRequest({ at: new Date() })
    expect(verifyWebhook(headers, body, { secrets: [SECRET] }).id).toBe(RECEIPT.id)
    expect(codeFor(good.headers, good.body, { now: undefined })).toBe('WEBHOOK_TIMESTAMP')
  })

  it.each<[string, unknown]>([
    ['no secrets', []],
    ['one text instead of an array', SECRET],
    ['undefined', undefined],
    ['an unset variable', [undefined]],
    ['a short secret', ['whsec_AAAA']],
  ])('refuses %s as secrets', (_, secrets) => {
    expect(codeFor(good.headers, good.body, { secrets })).toBe('WEBHOOK_SECRET')
  })

  it('bounds body and signature before any arithmetic', () => {
    expect(codeFor(good.headers, new Uint8Array(MAX_EVENT_BYTES + 1))).toBe('WEBHOOK_TOO_LARGE')
    const headers = { ...good.headers, 'webhook-signature': 'v1, '.repeat(1025) }
    expect(codeFor(headers, good.body)).toBe('WEBHOOK_HEADER')
  })

  it('says nothing secret', () => {
    const texts = [
      messageFor({ ...good.headers, 'webhook-signature': 'v1,AAAA' }, good.body),
      messageFor(good.headers, 'other'),
      messageFor(good.headers, {}),
    ]
    for (const text of texts) expect(text).not.toContain(SECRET.slice(6))
  })
})
