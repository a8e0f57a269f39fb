import { describe, expect, it } from 'vitest'
import { toUtf8 } from '../../src/protocol/bytes.ts'
import { buildTestEventText, isTestEvent, TEST_EVENT_TYPE } from '../../src/webhook/doctor-event.ts'
import { createBeforeUploadReceiver, createReceiver } from '../../src/webhook/receiver.ts'
import { START } from '../support/clock.ts'
import { OTHER_SECRET, SECRET, SOURCE, signRequest } from '../support/webhook-samples.ts'

const TEXT = buildTestEventText('AAAAAAAAAAAAAAAAAAAAAA', SOURCE, START)

describe('the test event', () => {
  it('is a CloudEvent of its own type, without an upload', () => {
    expect(JSON.parse(TEXT)).toEqual({
      specversion: '1.0',
      id: 'AAAAAAAAAAAAAAAAAAAAAA',
      type: 'com.oss-upcall.test',
      source: SOURCE,
      time: START.toISOString(),
      datacontenttype: 'application/json',
      data: {},
    })
  })

  it.each([
    ['itself', TEXT, true],
    ['other spacing', JSON.stringify(JSON.parse(TEXT), null, 2), true],
    ['its type in another field', JSON.stringify({ type: 'x', data: TEST_EVENT_TYPE }), false],
    ['no JSON', `{"type":"${TEST_EVENT_TYPE}"`, false],
    ['null', 'null', false],
  ])('is known from other bodies: %s', (_, text, expected) => {
    expect(isTestEvent(toUtf8(text))).toBe(expected)
  })

  it('is no event when the body is not UTF-8', () => {
    expect(isTestEvent(new Uint8Array([0xff, 0xfe]))).toBe(false)
  })
})

describe('a receiver', () => {
  const calls: unknown[] = []
  const options = { secrets: [SECRET], onError: () => {}, now: () => START }
  const receivers = {
    'of events': createReceiver({ ...options, onEvent: (event) => calls.push(event) }),
    'asked before uploads': createBeforeUploadReceiver({
      ...options,
      onBeforeUpload: (upload) => calls.push(upload),
    }),
  }

  it.each(Object.entries(receivers))(
    '%s responds to the test event without calling the application',
    async (_, receiver) => {
      const send = async (secrets: string[]) => {
        const init = { method: 'POST', ...signRequest({ text: TEXT, secrets }) }
        const response = await receiver.fetch(new Request('https://app.example.com/', init))
        return [response.status, await response.json()]
      }
      expect(await send([SECRET])).toEqual([200, { test: 'ok' }])
      expect(await send([OTHER_SECRET])).toMatchObject([
        401,
        { error: { code: 'WEBHOOK_SIGNATURE' } },
      ])
      expect(calls).toEqual([])
    },
  )
})
