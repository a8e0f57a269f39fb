import { describe, expect, it } from 'vitest'
import type { WebhookError } from '../../src/webhook/errors.ts'
import {
  createReceiver,
  type NodeRequest,
  type ReceiverOptions,
} from '../../src/webhook/receiver.ts'
import { MAX_EVENT_BYTES } from '../../src/webhook/verify.ts'
import { START } from '../support/clock.ts'
import { codeOf } from '../support/samples.ts'
import { RECEIPT, SECRET, signRequest } from '../support/webhook-samples.ts'

const URL = 'https://app.example.com/webhook'

function createSetup(onEvent: ReceiverOptions['onEvent'] = () => ({ ok: true })) {
  const errors: WebhookError[] = []
  const receiver = createReceiver({
    secrets: [SECRET],
    onEvent,
    onError: (error) => errors.push(error),
    now: () => START,
  })
  return { receiver, errors }
}

const createRequest = ({ headers, body } = signRequest()) =>
  new Request(URL, { method: 'POST', headers, body })

describe('a receiver for the Fetch API', () => {
  it('hands the verified event over and responds with what the handler returns', async () => {
    const { receiver } = createSetup(async (event) => ({ saved: event.data.name }))
    const response = await receiver.fetch(createRequest())
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe('application/json')
    expect(await response.json()).toEqual({ saved: RECEIPT.name })
  })

  it('responds 204 when the handler returns nothing, and works without its object', async () => {
    const { fetch: receive } = createSetup(() => undefined).receiver
    const response = await receive(createRequest())
    expect([response.status, await response.text()]).toEqual([204, ''])
  })

  it.each([null, false, 0, ''])('responds %o as JSON', async (value) => {
    const response = await createSetup(() => value).receiver.fetch(createRequest())
    expect([response.status, await response.json()]).toEqual([200, value])
  })

  it('does not run the handler for what it does not believe', async () => {
    let runs = 0
    const { receiver, errors } = createSetup(() => {
      runs += 1
    })
    const { headers, body } = signRequest()
    const changed = body.slice()
    changed[20] = 0x20
    const requests = [
      createRequest({ headers, body: changed }),
      createRequest({ headers: { ...headers, 'webhook-id': 'other' }, body }),
      new Request(URL, { method: 'POST', body }),
      createRequest(signRequest({ at: new Date(START.getTime() - 400_000) })),
    ]
    const statuses = []
    for (const request of requests) statuses.push((await receiver.fetch(request)).status)
    expect(statuses).toEqual([401, 401, 400, 401])
    expect(errors.map(({ code }) => code)).toEqual([
      'WEBHOOK_SIGNATURE',
      'WEBHOOK_SIGNATURE',
      'WEBHOOK_HEADER',
      'WEBHOOK_TIMESTAMP',
    ])
    expect(runs).toBe(0)
  })

  it('responds 500 without the reason when the handler fails, and reports the reason', async () => {
    const cause = new Error('password is 1234')
    const { receiver, errors } = createSetup(() => {
      throw cause
    })
    const response = await receiver.fetch(createRequest())
    expect(response.status).toBe(500)
    expect(await response.text()).not.toContain('1234')
    expect(errors).toMatchObject([{ code: 'WEBHOOK_HANDLER', cause }])
  })

  it('responds 500 when the handler returns no JSON', async () => {
    const { receiver, errors } = createSetup(() => 1n)
    expect((await receiver.fetch(createRequest())).status).toBe(500)
    expect(errors).toMatchObject([{ code: 'WEBHOOK_HANDLER' }])
  })

  it('takes POST alone', async () => {
    const response = await createSetup().receiver.fetch(new Request(URL))
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST'])
  })

  it('says so when the body was read already', async () => {
    const request = createRequest()
    await request.json()
    const response = await createSetup().receiver.fetch(request)
    expect([response.status, await response.text()]).toEqual([
      400,
      expect.stringMatching(/parsed already/),
    ])
  })

  it('reads no more than the limit', async () => {
    let pulled = 0
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        pulled += 1
        controller.enqueue(new Uint8Array(16 * 1024))
      },
    })
    const { headers } = signRequest()
    const request = new Request(URL, {
      method: 'POST',
      headers,
      body,
      duplex: 'half',
    } as RequestInit)
    expect((await createSetup().receiver.fetch(request)).status).toBe(413)
    expect(pulled).toBeLessThan(20)
  })

  it('believes no announced length', async () => {
    const { headers, body } = signRequest()
    const honest = createRequest({ headers: { ...headers, 'content-length': '5' }, body })
    expect((await createSetup().receiver.fetch(honest)).status).toBe(200)
    const request = { ...signRequest(), headers: { ...headers, 'content-length': '999999999' } }
    const { receiver } = createSetup()
    const response = await receiver.fetch(createRequest(request))
    // Runtimes may replace a wrong length by the true one.
    expect([200, 413]).toContain(response.status)
  })

  it('says so when the body breaks off', async () => {
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        controller.enqueue(new Uint8Array(10))
        controller.error(new Error('connection reset'))
      },
    })
    const { headers } = signRequest()
    const request = new Request(URL, {
      method: 'POST',
      headers,
      body,
      duplex: 'half',
    } as RequestInit)
    const { receiver, errors } = createSetup()
    expect((await receiver.fetch(request)).status).toBe(400)
    expect(errors).toMatchObject([{ code: 'WEBHOOK_BODY' }])
  })

  it('refuses wrong secrets at start', () => {
    for (const secrets of [[], ['short']]) {
      const create = () => createReceiver({ secrets, onEvent: () => undefined })
      expect(codeOf(create)).toBe('WEBHOOK_SECRET')
    }
  })
})

describe('a receiver for Node', () => {
  async function receive(more: Partial<NodeRequest>, chunks: (Uint8Array | string)[]) {
    const { receiver } = createSetup()
    const result = { status: 0, text: '' }
    const request: NodeRequest = {
      method: 'POST',
      headers: signRequest().headers,
      async *[Symbol.asyncIterator]() {
        yield* chunks
      },
      ...more,
    }
    await receiver.node(request, {
      writeHead: (status) => {
        result.status = status
      },
      end: (text) => {
        result.text = text
      },
    })
    return result
  }
  const { body } = signRequest()

  it('reads the stream', async () => {
    const pieces = [body.subarray(0, 100), body.subarray(100)]
    expect(await receive({}, pieces)).toEqual({ status: 200, text: '{"ok":true}' })
  })

  it.each([
    ['bytes', body],
    ['text', new TextDecoder().decode(body)],
  ])('takes what a raw body parser left: %s', async (_, raw) => {
    expect(await receive({ body: raw, readableDidRead: true }, [])).toMatchObject({ status: 200 })
  })

  it.each([
    ['a JSON parser was before it', { body: {}, readableDidRead: true }],
    ['something else read the stream', { readableDidRead: true }],
  ])('says so when %s', async (_, more) => {
    const { status, text } = await receive(more, [])
    expect([status, text]).toEqual([400, expect.stringMatching(/parsed already/)])
  })

  it('says so when the stream gives text', async () => {
    expect(await receive({}, ['{}'])).toMatchObject({ status: 400 })
  })

  it('refuses an announced length beyond the limit without reading', async () => {
    const headers = { ...signRequest().headers, 'content-length': String(MAX_EVENT_BYTES + 1) }
    expect(await receive({ headers }, [])).toMatchObject({ status: 413 })
  })
})
