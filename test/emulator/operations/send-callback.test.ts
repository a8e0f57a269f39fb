/** @see https://www.alibabacloud.com/help/en/oss/developer-reference/callback */
import { describe, expect, it } from 'vitest'
import type { CallbackCall, CallbackOutcome } from '../../../src/emulator/callback/transport.ts'
import type { EmulatorOptions } from '../../../src/emulator/options.ts'
import { fromBase64, fromUtf8, toBase64, toUtf8 } from '../../../src/protocol/bytes.ts'
import { md5 } from '../../../src/protocol/crypto.ts'
import { crc64, encodeCallback } from '../../../src/protocol/index.ts'
import {
  bytesOf,
  createEmulatorWithClient,
  readElement,
  readError,
} from '../emulator-with-client.ts'

const RESPONSE: CallbackOutcome = {
  kind: 'response',
  status: 200,
  headers: { 'content-length': '2' },
  body: toUtf8('{}'),
}

/** The header of a PNG of 3 × 2. */
const PNG = Uint8Array.of(
  0x89,
  0x50,
  0x4e,
  0x47,
  13,
  10,
  26,
  10,
  0,
  0,
  0,
  13,
  0x49,
  0x48,
  0x44,
  0x52,
  0,
  0,
  0,
  3,
  0,
  0,
  0,
  2,
)

function setUp(
  outcome: CallbackOutcome | ((call: CallbackCall) => CallbackOutcome) = RESPONSE,
  options: Partial<EmulatorOptions> & { resolve?: (name: string) => Promise<string[]> } = {},
) {
  const calls: CallbackCall[] = []
  const { resolve, ...rest } = options
  const { fetch: _, ...fixture } = { fetch: undefined, ...rest }
  const set = createEmulatorWithClient({
    ...fixture,
    ...({ fetch: undefined } as object),
    callbackTransport: {
      ...(resolve && { resolve }),
      send: async (call) => {
        calls.push(call)
        return typeof outcome === 'function' ? outcome(call) : outcome
      },
    },
  })
  const put = (
    callback: Parameters<typeof encodeCallback>[0],
    body = bytesOf('hello'),
    key = 'a',
  ) =>
    set.send(
      { method: 'PUT', key, headers: { 'x-oss-callback': encodeCallback(callback).callback } },
      body,
    )
  return { ...set, calls, put }
}

const CALLBACK = { url: 'http://a.example/cb', body: 'size=${size}' }

describe('the request that OSS sends', () => {
  it('has the headers of the manual', async () => {
    const { calls, put, emulator } = setUp()
    const stored = await put({
      ...CALLBACK,
      url: 'http://a.example:81/x%20y?q=1',
      host: 'b.example',
      sni: true,
    })
    expect(stored.status).toBe(200)
    const [call] = calls
    expect(call).toMatchObject({
      target: '/x%20y?q=1',
      hostName: 'a.example',
      port: 81,
      host: 'b.example',
      sni: true,
      timeoutMs: 5000,
    })
    expect(call?.headers).toMatchObject({
      host: 'b.example',
      connection: 'close',
      'content-type': 'application/x-www-form-urlencoded',
      'content-length': '6',
      'content-md5': toBase64(md5('size=5')),
      'user-agent': 'aliyun-oss-callback',
      'x-oss-signature-version': '1.0',
      'x-oss-tag': 'CALLBACK',
      'x-oss-request-id': stored.headers.get('x-oss-request-id'),
    })
    expect(call?.headers.authorization).toMatch(/^[A-Za-z0-9+/]+=*$/)
    const keyUrl = fromUtf8(fromBase64(call?.headers['x-oss-pub-key-url'] ?? ''))
    expect(keyUrl).toBe(emulator.callbackPublicKeyUrl)
  })

  it('tells everything about the object', async () => {
    const { calls, put } = setUp()
    await put({
      ...CALLBACK,
      body: '${bucket}|${object}|${etag}|${mimeType}|${crc64}|${contentMd5}|${operation}|${clientIp}',
    })
    expect(decodeURIComponent(fromUtf8(calls[0]?.body ?? toUtf8('')))).toBe(
      `examplebucket|a|5D41402ABC4B2A76B9719D911017C592|application/octet-stream|${crc64(bytesOf('hello'))}|XUFAKrxLKna5cZ2REBfFkg==|PutObject|127.0.0.1`,
    )
  })

  it('reads the size of an image from its content', async () => {
    const { calls, put } = setUp()
    const body = '${imageInfo.width}x${imageInfo.height} ${imageInfo.format}'
    await put({ ...CALLBACK, body }, PNG)
    expect(fromUtf8(calls[0]?.body ?? toUtf8(''))).toBe('3x2 png')
  })
})

describe('failures are a 203, and the object stays', () => {
  it.each<[string, CallbackOutcome, string, string]>([
    [
      'a 401',
      { ...RESPONSE, status: 401 } as CallbackOutcome,
      'Error status : 401.',
      '0007-00000203',
    ],
    [
      'a 204',
      { ...RESPONSE, status: 204 } as CallbackOutcome,
      'Error status : 204.',
      '0007-00000203',
    ],
    [
      'a redirect',
      { ...RESPONSE, status: 302 } as CallbackOutcome,
      'Error status : 302.',
      '0007-00000203',
    ],
    [
      'no connection',
      { kind: 'unreachable' },
      'Error status : -1.OSS can not connect to your callbackUrl, please check it.',
      '',
    ],
    [
      'a timeout',
      { kind: 'timeout' },
      'Error status : -1 a.example:80 reply timeout, cost:5000ms, timeout:5000ms (err -4, errno170)',
      '0007-00000202',
    ],
    [
      'no length',
      { ...RESPONSE, headers: {} } as CallbackOutcome,
      'Error Status : 400.User server missing content-length.',
      '',
    ],
    [
      'a long response',
      { kind: 'too-long' },
      'Error Status : 400.User server return too long content-length value',
      '',
    ],
    [
      'HTML',
      { ...RESPONSE, body: toUtf8('<html>') } as CallbackOutcome,
      'Response body is not valid json format.',
      '0007-00000205',
    ],
    [
      'a byte order mark',
      { ...RESPONSE, body: toUtf8('\ufeff{}') } as CallbackOutcome,
      'Response body is not valid json format.',
      '0007-00000205',
    ],
    [
      'bytes that are no text',
      { ...RESPONSE, body: Uint8Array.of(0xff) } as CallbackOutcome,
      'Response body is not valid json format.',
      '0007-00000205',
    ],
    [
      'nothing',
      { ...RESPONSE, body: toUtf8('') } as CallbackOutcome,
      'Response body is not valid json format.',
      '0007-00000205',
    ],
  ])('%s', async (_, outcome, message, ec) => {
    const { put, send, emulator } = setUp(outcome)
    const response = await put(CALLBACK)
    expect(response.headers.get('etag')).toBe('"5D41402ABC4B2A76B9719D911017C592"')
    const error = await readError(response)
    expect(error).toMatchObject({ status: 203, code: 'CallbackFailed', ec })
    expect(readElement(error.xml, 'Message')).toBe(message)
    expect((await send({ method: 'HEAD', key: 'a' })).status).toBe(200)
    expect(emulator.log.callbacks).toMatchObject([{ outcome: 'failed', message, body: 'size=5' }])
  })

  it('an image that cannot be read', async () => {
    const { put, calls } = setUp()
    const response = await put({ ...CALLBACK, body: '${imageInfo.width}' }, PNG.subarray(0, 12))
    expect(await readError(response)).toMatchObject({ status: 203, ec: '0007-00000301' })
    expect(calls).toHaveLength(0)
  })
})

describe('responses of a callback server', () => {
  it('are passed on byte for byte, as JSON', async () => {
    const body = toUtf8(' { "a" : 1.0 }\n')
    const { put } = setUp({ ...RESPONSE, body } as CallbackOutcome)
    const response = await put(CALLBACK)
    expect(response.headers.get('content-type')).toBe('application/json')
    expect(await response.text()).toBe(' { "a" : 1.0 }\n')
  })

  it('may be XML when they say so', async () => {
    const headers = { 'content-length': '4', 'content-type': 'application/xml' }
    expect(
      (await setUp({ ...RESPONSE, headers, body: toUtf8('<a/>') } as CallbackOutcome).put(CALLBACK))
        .status,
    ).toBe(200)
    expect(
      (await setUp({ ...RESPONSE, headers, body: toUtf8('<a>') } as CallbackOutcome).put(CALLBACK))
        .status,
    ).toBe(203)
  })

  it('of the first URL that succeeds end the callback; each URL is tried once', async () => {
    const url = ['http://a.example/1', 'http://b.example/2', 'http://c.example/3']
    const { put, calls, emulator } = setUp(({ hostName }) =>
      hostName === 'a.example' ? { kind: 'unreachable' } : RESPONSE,
    )
    expect((await put({ ...CALLBACK, url })).status).toBe(200)
    expect(calls.map(({ hostName }) => hostName)).toEqual(['a.example', 'b.example'])
    expect(emulator.log.callbacks.map(({ outcome }) => outcome)).toEqual(['failed', 'ok'])
  })
})

describe('where callbacks may go', () => {
  it('refuses a name with a private address before anything is stored', async () => {
    const { put, send, calls } = setUp(RESPONSE, { resolve: async () => ['192.0.2.7', '10.0.0.1'] })
    expect(await readError(await put(CALLBACK))).toMatchObject({ status: 400, ec: '0007-00000008' })
    expect((await send({ method: 'HEAD', key: 'a' })).status).toBe(404)
    expect(calls).toHaveLength(0)
  })

  it('stores and says 203 for a name without an address, or refuses it when told so', async () => {
    const nowhere = { resolve: async () => [] }
    const late = setUp({ kind: 'unreachable' }, nowhere)
    expect((await late.put(CALLBACK)).status).toBe(203)
    const unconfirmed = { unresolvableCallbackHost: 'refuse' } as const
    const error = await readError(await setUp(RESPONSE, { ...nowhere, unconfirmed }).put(CALLBACK))
    expect(readElement(error.xml, 'Message')).toBe('Can not get ip by this host.')
    expect(error.status).toBe(400)
  })

  it('says 203 to the request of oss2: no address, and its callback-var has names without x:', async () => {
    // test_sign_url_with_callback encodes the callback itself as its variables.
    const params = {
      callbackUrl: 'http://cbsrv.oss.demo.com',
      callbackBody: 'bucket=${bucket}&object=${object}',
    }
    const callback = toBase64(toUtf8(JSON.stringify(params)))
    const nowhere = { resolve: async () => [] }
    const { sendUrl } = setUp({ kind: 'unreachable' }, nowhere)
    const query = { callback, 'callback-var': callback }
    const error = await readError(await sendUrl({ method: 'PUT', key: 'a', query }, bytesOf('')))
    expect(error).toMatchObject({ status: 203, code: 'CallbackFailed' })
    const unconfirmed = { foreignCallbackVars: 'refuse' } as const
    const strict = setUp({ kind: 'unreachable' }, { ...nowhere, unconfirmed })
    const response = await strict.sendUrl({ method: 'PUT', key: 'a', query }, bytesOf(''))
    expect(await readError(response)).toMatchObject({ status: 400, ec: '0007-00000104' })
  })

  it('connects to the address that was checked', async () => {
    const { put, calls } = setUp(RESPONSE, { resolve: async () => ['93.184.216.34'] })
    await put(CALLBACK)
    expect(calls[0]?.address).toBe('93.184.216.34')
  })
})

describe('the two places of the parameters', () => {
  const { callback } = encodeCallback(CALLBACK)

  it('are header or query, never both', async () => {
    const { send, calls } = setUp()
    const both = { query: { callback }, headers: { 'x-oss-callback': callback } }
    const error = await readError(await send({ method: 'PUT', key: 'a', ...both }, bytesOf('x')))
    expect(error).toMatchObject({ status: 400, code: 'InvalidArgument', ec: '0007-00000027' })
    expect(
      (await send({ method: 'PUT', key: 'a', query: { callback } }, bytesOf('x'))).status,
    ).toBe(200)
    expect(calls).toHaveLength(1)
  })

  it('do not include a query called x-oss-callback, unless told so', async () => {
    const query = { 'x-oss-callback': callback }
    const strict = setUp()
    await strict.sendUrl({ method: 'PUT', key: 'a', query }, bytesOf('x'))
    expect(strict.calls).toHaveLength(0)
    const lax = setUp(RESPONSE, { unconfirmed: { queryCallbackAlias: true } })
    await lax.sendUrl({ method: 'PUT', key: 'a', query }, bytesOf('x'))
    expect(lax.calls).toHaveLength(1)
  })

  it('mean nothing to UploadPart', async () => {
    const { send, calls } = setUp()
    const started = await (await send({ method: 'POST', key: 'a', query: { uploads: '' } })).text()
    const query = { partNumber: '1', uploadId: readElement(started, 'UploadId'), callback }
    await send({ method: 'PUT', key: 'a', query }, bytesOf('x'))
    expect(calls).toHaveLength(0)
  })
})
