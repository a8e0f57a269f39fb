/** The reference libraries of both specifications: they take what we send, and our kit takes what they sign. */
import { CloudEvent, type CloudEventV1, HTTP } from 'cloudevents'
import { Webhook } from 'standardwebhooks'
import { describe, expect, it } from 'vitest'
import { createWebhook } from '../../src/service/delivery/webhook.ts'
import { verifyWebhook } from '../../src/webhook/verify.ts'
import { createAttempt, OTHER_SECRET, RECEIPT, SECRET, SOURCE } from '../support/webhook-samples.ts'

/** One request as our sender makes it, now: the library has no clock of its own to set. */
async function send(secrets: string[], receipt = RECEIPT) {
  const sent: { headers: Record<string, string>; body: string }[] = []
  const deliver = createWebhook({
    url: 'https://app.example.com/hook',
    secrets,
    source: SOURCE,
    fetch: async (input, init) => {
      const request = new Request(input, init)
      sent.push({ headers: Object.fromEntries(request.headers), body: await request.text() })
      return Response.json({})
    },
  })
  await deliver(receipt, createAttempt())
  return sent[0] ?? { headers: {}, body: '' }
}

describe('the library standardwebhooks', () => {
  it.each([SECRET, OTHER_SECRET])('verifies what we send', async (secret) => {
    const { headers, body } = await send([SECRET, OTHER_SECRET])
    expect(new Webhook(secret).verify(body, headers)).toEqual(JSON.parse(body))
  })

  it('refuses it with another secret, id, time or byte', async () => {
    const { headers, body } = await send([SECRET])
    const webhook = new Webhook(SECRET)
    expect(() => new Webhook(OTHER_SECRET).verify(body, headers)).toThrow('No matching signature')
    const later = String(Number(headers['webhook-timestamp']) + 1)
    for (const changes of [{ 'webhook-id': 'a' }, { 'webhook-timestamp': later }]) {
      expect(() => webhook.verify(body, { ...headers, ...changes })).toThrow()
    }
    expect(() => webhook.verify(`${body} `, headers)).toThrow()
  })

  it('signs what our kit verifies', async () => {
    const { body } = await send([SECRET])
    const at = new Date()
    const headers = {
      'Webhook-Id': RECEIPT.id,
      'Webhook-Timestamp': String(Math.floor(at.getTime() / 1000)),
      'Webhook-Signature': new Webhook(SECRET).sign(RECEIPT.id, at, body),
    }
    expect(verifyWebhook(headers, body, { secrets: [SECRET] }).data.key).toBe(RECEIPT.key)
  })
})

describe('the library cloudevents', () => {
  it('parses what we send, and finds it valid', async () => {
    const { headers, body } = await send([SECRET])
    const event = HTTP.toEvent({ headers, body }) as CloudEventV1<{ name: string }>
    expect(event).toBeInstanceOf(CloudEvent)
    expect((event as CloudEvent<unknown>).validate()).toBe(true)
    expect(event).toMatchObject({
      id: RECEIPT.id,
      specversion: '1.0',
      type: 'com.oss-upcall.upload.stored',
      source: SOURCE,
      subject: RECEIPT.key,
      time: RECEIPT.at.toISOString(),
      datacontenttype: 'application/json',
    })
    expect(event.data).toEqual(JSON.parse(JSON.stringify(RECEIPT)))
  })

  it('makes an event that our kit takes', () => {
    const data = JSON.parse(JSON.stringify(RECEIPT))
    const type = 'com.oss-upcall.upload.stored'
    const event = new CloudEvent({ id: RECEIPT.id, type, source: SOURCE, data })
    const { body } = HTTP.structured(event)
    const at = new Date()
    const headers = {
      'webhook-id': RECEIPT.id,
      'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
      'webhook-signature': new Webhook(SECRET).sign(RECEIPT.id, at, String(body)),
    }
    expect(verifyWebhook(headers, String(body), { secrets: [SECRET] }).data).toEqual(data)
  })
})
