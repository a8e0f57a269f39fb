/** @see https://www.alibabacloud.com/help/en/oss/developer-reference/options */
import { describe, expect, it } from 'vitest'
import type { EmulatorOptions } from '../../../src/emulator/options.ts'
import {
  BUCKET,
  bytesOf,
  createEmulatorWithClient,
  HOST,
  readError,
} from '../emulator-with-client.ts'

const RULES = [
  {
    allowedOrigins: ['https://*.a.example'],
    allowedMethods: ['PUT'],
    allowedHeaders: ['x-oss-*', 'content-type'],
    exposeHeaders: ['ETag'],
    maxAgeSeconds: 60,
  },
  { allowedOrigins: ['*'], allowedMethods: ['GET', 'POST'] },
]

function setUp(options: Partial<EmulatorOptions> = {}) {
  const fixture = createEmulatorWithClient({ buckets: [{ name: BUCKET, cors: RULES }], ...options })
  const preflight = (headers: Record<string, string>) =>
    fixture.emulator.fetch(new Request(`${HOST}/a`, { method: 'OPTIONS', headers }))
  const ask = (origin: string, method: string, wanted?: string) =>
    preflight({
      origin,
      'access-control-request-method': method,
      ...(wanted && { 'access-control-request-headers': wanted }),
    })
  return { ...fixture, preflight, ask }
}

const corsOf = (response: Response) =>
  Object.fromEntries([...response.headers].filter(([name]) => /^access|^vary/.test(name)))

describe('a preflight', () => {
  it('is allowed by the first rule that matches origin, method and all headers', async () => {
    const response = await setUp().ask('https://x.a.example', 'PUT', 'X-OSS-Meta-a, content-type')
    expect([response.status, response.headers.get('content-length')]).toEqual([200, '0'])
    expect(corsOf(response)).toEqual({
      'access-control-allow-origin': 'https://x.a.example',
      'access-control-allow-methods': 'PUT',
      'access-control-allow-headers': 'x-oss-meta-a, content-type',
      'access-control-expose-headers': 'ETag',
      'access-control-max-age': '60',
      vary: 'Origin',
    })
  })

  it('answers * for a rule that says *, or the origin when told so', async () => {
    expect(
      corsOf(await setUp().ask('https://b.example', 'GET'))['access-control-allow-origin'],
    ).toBe('*')
    const echo = setUp({ unconfirmed: { corsAnyOrigin: 'echo' } })
    expect(corsOf(await echo.ask('https://b.example', 'GET'))['access-control-allow-origin']).toBe(
      'https://b.example',
    )
  })

  it.each([
    ['another origin', 'https://a.example', 'PUT', undefined],
    ['another method', 'https://x.a.example', 'DELETE', undefined],
    ['another header', 'https://x.a.example', 'PUT', 'authorization'],
    ['a page without origin', 'null', 'PUT', undefined],
  ])('with %s is forbidden', async (_, origin, method, headers) => {
    const response = await setUp().ask(origin, method, headers)
    expect(corsOf(response)).toEqual({})
    expect(await readError(response)).toMatchObject({ status: 403, code: 'AccessForbidden' })
  })

  it('with Origin: null matches only *', async () => {
    expect((await setUp().ask('null', 'GET')).status).toBe(200)
  })

  it('that lacks origin or method is a bad request', async () => {
    const { preflight } = setUp()
    expect(
      await readError(await preflight({ 'access-control-request-method': 'PUT' })),
    ).toMatchObject({ code: 'BadRequest' })
    expect(await readError(await preflight({ origin: 'https://a.example' }))).toMatchObject({
      status: 400,
      code: 'BadRequest',
    })
  })

  it('of a bucket without rules is forbidden', async () => {
    expect((await setUp({ buckets: [BUCKET] }).ask('https://b.example', 'GET')).status).toBe(403)
  })
})

describe('a real request', () => {
  it('that matches gets the headers, also on errors unless told otherwise', async () => {
    const { send } = setUp()
    const headers = { origin: 'https://x.a.example' }
    const put = await send({ method: 'PUT', key: 'a', headers }, bytesOf('x'))
    expect(corsOf(put)).toMatchObject({ 'access-control-allow-origin': 'https://x.a.example' })
    const failed = (fixture: ReturnType<typeof setUp>) =>
      fixture.emulator.fetch(new Request(`${HOST}/a`, { method: 'PUT', headers }))
    expect(corsOf(await failed(setUp()))).toHaveProperty('access-control-allow-origin')
    expect(corsOf(await failed(setUp({ unconfirmed: { corsHeadersOnErrors: false } })))).toEqual({})
  })

  it('that does not match is served all the same, without headers', async () => {
    const { send } = setUp()
    const put = await send(
      { method: 'PUT', key: 'a', headers: { origin: 'https://evil.example' } },
      bytesOf('x'),
    )
    expect([put.status, corsOf(put)]).toEqual([200, {}])
    expect((await send({ method: 'HEAD', key: 'a' })).status).toBe(200)
  })
})
