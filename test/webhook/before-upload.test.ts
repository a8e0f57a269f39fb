import { describe, expect, it } from 'vitest'
import { toUtf8 } from '../../src/protocol/bytes.ts'
import { parseBeforeUpload } from '../../src/webhook/before-upload.ts'
import type { WebhookError } from '../../src/webhook/errors.ts'
import { createBeforeUploadReceiver, createReceiver } from '../../src/webhook/receiver.ts'
import { parseWebhookSecret, signWebhook } from '../../src/webhook/signature.ts'
import { START } from '../support/clock.ts'
import { codeOf } from '../support/samples.ts'
import { SECRET, signRequest } from '../support/webhook-samples.ts'

const EVENT = {
  specversion: '1.0',
  id: 'id-1',
  type: 'com.oss-upcall.upload.before',
  source: 'https://uploads.example.com',
  subject: 'user-42',
  time: '2026-11-22T08:00:00.000Z',
  datacontenttype: 'application/json',
  data: {
    subject: 'user-42',
    claims: {},
    profile: 'avatar',
    file: { name: '照', size: 1 },
    vars: {},
  },
}

function sign(text: string): Request {
  const body = toUtf8(text)
  const timestamp = String(START.getTime() / 1000)
  const signed = { id: 'id-1', timestamp, body }
  return new Request('https://app.example.com', {
    method: 'POST',
    headers: {
      'webhook-id': 'id-1',
      'webhook-timestamp': timestamp,
      'webhook-signature': signWebhook(parseWebhookSecret(SECRET), signed),
    },
    body,
  })
}

function receive(onBeforeUpload: (upload: { file: { name: string } }) => unknown) {
  const errors: WebhookError[] = []
  const onError = (error: WebhookError) => errors.push(error)
  const options = { secrets: [SECRET], onBeforeUpload, onError, now: () => START }
  return { ...createBeforeUploadReceiver(options), errors }
}

describe('a receiver of the question before an upload', () => {
  it('responds with the decision', async () => {
    const { fetch: take } = receive(({ file }) => ({ allow: file.name === '照' }))
    const response = await take(sign(JSON.stringify(EVENT)))
    expect([response.status, await response.json()]).toEqual([200, { allow: true }])
  })

  it('responds 500 when the handler fails, so that nothing is allowed', async () => {
    const { fetch: take, errors } = receive(() => {
      throw new Error('down')
    })
    expect((await take(sign(JSON.stringify(EVENT)))).status).toBe(500)
    expect(errors).toMatchObject([{ code: 'WEBHOOK_HANDLER' }])
  })

  it('takes no receipt for a question, and no question for a receipt', async () => {
    const { headers, body } = signRequest()
    const url = 'https://app.example.com'
    const { fetch: take } = receive(() => ({ allow: true }))
    const receipt = await take(new Request(url, { method: 'POST', headers, body }))
    expect(receipt.status).toBe(422)
    const onEvent = () => expect.fail('This is no receipt.')
    const other = createReceiver({ secrets: [SECRET], onEvent, onError() {}, now: () => START })
    expect((await other.fetch(sign(JSON.stringify(EVENT)))).status).toBe(422)
  })

  it('takes nothing that was changed', async () => {
    const { fetch: take } = receive(() => ({ allow: true }))
    const { headers } = sign(JSON.stringify(EVENT))
    const changed = JSON.stringify({ ...EVENT, data: { ...EVENT.data, subject: 'admin' } })
    const request = new Request('https://app.example.com', {
      method: 'POST',
      headers,
      body: changed,
    })
    expect((await take(request)).status).toBe(401)
  })
})

describe('the event', () => {
  it.each<[string, string]>([
    ['', 'WEBHOOK_BODY'],
    ['[]', 'WEBHOOK_BODY'],
    [JSON.stringify({ ...EVENT, specversion: '2.0' }), 'WEBHOOK_BODY'],
    [JSON.stringify({ ...EVENT, id: 'id-2' }), 'WEBHOOK_BODY'],
    [JSON.stringify({ ...EVENT, data: undefined }), 'WEBHOOK_BODY'],
    [JSON.stringify({ ...EVENT, data: {} }), 'WEBHOOK_BODY'],
    [JSON.stringify({ ...EVENT, type: 'com.oss-upcall.upload.stored' }), 'WEBHOOK_EVENT'],
  ])('%s is refused: %s', (text, code) => {
    expect(codeOf(() => parseBeforeUpload(toUtf8(text), 'id-1'))).toBe(code)
  })
})
