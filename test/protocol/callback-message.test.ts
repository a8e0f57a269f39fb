import { describe, expect, it } from 'vitest'
import { fromUtf8, toBase64, toUtf8 } from '../../src/protocol/bytes.ts'
import {
  fromLambda,
  fromNode,
  fromRequest,
  type LambdaEvent,
  type NodeRequest,
} from '../../src/protocol/callback-message.ts'
import { type CallbackMessage, toCallbackBytes } from '../../src/protocol/callback-verify.ts'

const BODY = 'bucket=b&name=%E7%9B%AE+a'
const HEADERS = {
  authorization: 'c2lnbmF0dXJl',
  'x-oss-pub-key-url': 'aHR0cHM6Ly9r',
  'x-oss-signature-version': '1.0',
}

function readMessage({ body, ...rest }: CallbackMessage): object {
  return { ...rest, body: fromUtf8(toCallbackBytes(body)) }
}

const message = (target: string) => ({
  target,
  body: BODY,
  authorization: HEADERS.authorization,
  publicKeyUrl: HEADERS['x-oss-pub-key-url'],
  signatureVersion: '1.0',
})

describe('fromRequest', () => {
  const createRequest = (url: string, body: BodyInit = BODY) =>
    new Request(url, { method: 'POST', headers: HEADERS, body })

  it.each([
    ['https://a.example/cb?a=1&b=%2F', '/cb?a=1&b=%2F'],
    ['https://a.example:8443/%E7%9B%AE/a%2Fb', '/%E7%9B%AE/a%2Fb'],
    ['https://a.example', '/'],
    ['https://a.example?x', '/?x'],
  ])('takes path and query of %s', async (url, target) => {
    expect(readMessage(await fromRequest(createRequest(url)))).toEqual(message(target))
  })

  it('takes another path where the application is mounted', async () => {
    const mounted = await fromRequest(createRequest('https://a.example/oss?a=1'), {
      path: '/api/callbacks/oss',
    })
    expect(readMessage(mounted)).toEqual(message('/api/callbacks/oss?a=1'))
  })

  it('has undefined for headers that are missing, and no bytes for no body', async () => {
    expect(await fromRequest(new Request('https://a.example/'))).toEqual({
      target: '/',
      body: new Uint8Array(),
      authorization: undefined,
      publicKeyUrl: undefined,
      signatureVersion: undefined,
    })
  })

  it('says so when the body was read before', async () => {
    const request = createRequest('https://a.example/')
    await request.text()
    await expect(fromRequest(request)).rejects.toThrow(/read already/)
  })

  it('reads no more than any callback has', async () => {
    const limit = 64 * 1024
    const whole = await fromRequest(createRequest('https://a.example/', 'x'.repeat(limit)))
    expect(toCallbackBytes(whole.body)).toHaveLength(limit)
    await expect(
      fromRequest(createRequest('https://a.example/', 'x'.repeat(limit + 1))),
    ).rejects.toMatchObject({ code: 'CALLBACK_TOO_LONG' })
  })

  it.each([undefined, {}, { url: '/cb', headers: {} }])('refuses %j', async (wrong) => {
    await expect(fromRequest(wrong as never)).rejects.toThrow(TypeError)
  })

  it.each(['cb', '/cb?a=1', '/cb#a', ''])('refuses the path %j', async (path) => {
    await expect(fromRequest(createRequest('https://a.example/'), { path })).rejects.toThrow(
      TypeError,
    )
  })
})

describe('fromNode', () => {
  const createStream = (more: object = {}): NodeRequest => ({
    url: '/cb?a=1',
    headers: HEADERS,
    ...more,
    ...{
      async *[Symbol.asyncIterator]() {
        yield toUtf8(BODY.slice(0, 5))
        yield toUtf8(BODY.slice(5))
      },
    },
  })

  it('reads the stream of a request', async () => {
    expect(readMessage(await fromNode(createStream()))).toEqual(message('/cb?a=1'))
  })

  it('takes the path before Express mounted it', async () => {
    const request = createStream({ url: '/?a=1', originalUrl: '/api/cb?a=1' })
    expect(readMessage(await fromNode(request))).toEqual(message('/api/cb?a=1'))
  })

  it.each<[string, object, object]>([
    ['the options', {}, { body: BODY }],
    ['rawBody', { rawBody: toUtf8(BODY), body: { parsed: true } }, {}],
    ['body as bytes', { body: toUtf8(BODY) }, {}],
    ['body as text', { body: BODY }, {}],
  ])('takes the raw bytes from %s', async (_, more, options) => {
    const request = { url: '/cb', headers: HEADERS, readableEnded: true, ...more }
    expect(readMessage(await fromNode(request, options))).toEqual(message('/cb'))
  })

  it.each([
    ['a parser has read the stream', createStream({ readableEnded: true, body: { a: '1' } })],
    ['there is no stream', { url: '/cb', headers: HEADERS, body: { a: '1' } }],
  ])('says so when %s', async (_, request) => {
    await expect(fromNode(request)).rejects.toThrow(/read already/)
  })

  it('refuses a parsed body that is given as raw', async () => {
    const wrong = { body: { a: '1' } } as never
    await expect(fromNode(createStream(), wrong)).rejects.toThrow(/not a parsed form/)
  })

  it('reads no more than any callback has', async () => {
    const endless = {
      ...createStream(),
      async *[Symbol.asyncIterator]() {
        for (;;) yield new Uint8Array(1024)
      },
    }
    await expect(fromNode(endless)).rejects.toMatchObject({ code: 'CALLBACK_TOO_LONG' })
  })

  it.each([undefined, {}, new Request('https://a.example/')])('refuses %s', async (wrong) => {
    await expect(fromNode(wrong as never)).rejects.toThrow(/use fromRequest/)
  })
})

describe('fromLambda', () => {
  const upper = {
    Authorization: HEADERS.authorization,
    'X-Oss-Pub-Key-Url': HEADERS['x-oss-pub-key-url'],
    'X-OSS-Signature-Version': '1.0',
  }
  const base64 = { body: toBase64(BODY), isBase64Encoded: true }

  it.each<[string, LambdaEvent, string]>([
    [
      'API Gateway 2.0 and Lambda URLs',
      { rawPath: '/cb', rawQueryString: 'a=1&b=%2F', headers: HEADERS, ...base64 },
      '/cb?a=1&b=%2F',
    ],
    [
      'API Gateway 1.0',
      { path: '/cb', queryStringParameters: null, headers: upper, body: BODY },
      '/cb',
    ],
    ['Function Compute', { rawPath: '/cb', queryParameters: {}, headers: upper, ...base64 }, '/cb'],
    [
      '2.0 without a query',
      { rawPath: '/cb', rawQueryString: '', headers: upper, body: BODY },
      '/cb',
    ],
  ])('takes the event of %s', (_, event, target) => {
    expect(readMessage(fromLambda(event))).toEqual(message(target))
  })

  it('takes the path that OSS was told where a stage is part of it', () => {
    const event = { path: '/cb', headers: HEADERS, body: BODY }
    expect(fromLambda(event, { path: '/prod/cb' }).target).toBe('/prod/cb')
  })

  it.each([
    ['no event', undefined, /rawPath or path/],
    ['another event', { Records: [] }, /rawPath or path/],
    [
      'a lost query',
      { path: '/cb', queryStringParameters: { a: '1' }, body: BODY },
      /without a query/,
    ],
    [
      'a lost query of Function Compute',
      { rawPath: '/cb', queryParameters: { a: '1' } },
      /without a/,
    ],
  ])('refuses %s', (_, event, words) => {
    expect(() => fromLambda(event as never)).toThrow(words)
  })
})
