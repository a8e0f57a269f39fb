import { Hono } from 'hono'
import { cors } from 'hono/cors'
import { requestId } from 'hono/request-id'
import { secureHeaders } from 'hono/secure-headers'
import { describe, expect, it } from 'vitest'
import { createMemoryAssets } from '../../src/service/assets.ts'
import {
  buildFromTable,
  createBuildFromHeaders,
  EXPOSED_HEADERS,
} from '../../src/service/response.ts'
import { createServiceWithStubOss } from '../support/service-with-stub-oss.ts'

const BODY = { profile: 'avatar', name: 'me.png', type: 'image/png', size: 5 }

describe.each([
  ['from one table', buildFromTable],
  ['from cached headers', createBuildFromHeaders()],
])('a response built %s', (_, buildResponse) => {
  const setup = createServiceWithStubOss({
    allowedOrigins: ['https://www.example.com'],
    assets: createMemoryAssets({ '/client.js': new TextEncoder().encode('code') }),
    buildResponse,
  })

  const send = (path: string, init: RequestInit = {}) =>
    setup.service.fetch(new Request(`https://api.example.com${path}`, init))

  const RESPONSES: [string, number, () => Promise<Response>][] = [
    ['a ticket', 201, () => setup.post('/uploads', BODY)],
    ['a refusal', 400, () => setup.post('/uploads', { ...BODY, profile: 'none' })],
    ['a missing token', 401, () => send('/uploads', { method: 'POST' })],
    ['a wrong method', 405, () => send('/uploads')],
    ['a wrong address', 404, () => send('/nothing')],
    ['a refused callback', 403, () => send('/callbacks/oss', { method: 'POST', body: 'a=1' })],
    ['the client', 200, () => send('/client.js')],
    ['health', 200, () => send('/healthz')],
    ['readiness', 200, () => send('/readyz')],
  ]

  describe('every response', () => {
    it.each(RESPONSES)('carries a request id and security headers: %s', async (_, status, ask) => {
      const { headers, status: got } = await ask()
      expect(got).toBe(status)
      expect(headers.get('x-request-id')).toMatch(/^[\w-]{22}$/)
      expect(headers.get('x-content-type-options')).toBe('nosniff')
      expect(headers.get('x-frame-options')).toBe('DENY')
      expect(headers.get('referrer-policy')).toBe('no-referrer')
      expect(headers.get('content-security-policy')).toMatch(/^default-src 'none'/)
      expect(headers.get('strict-transport-security')).toMatch(/^max-age=\d+/)
    })

    it('to another origin says that it depends on the origin', async () => {
      const ask = (origin: string) => setup.post('/uploads', BODY, { headers: { origin } })
      const good = await ask('https://www.example.com')
      expect(good.headers.get('access-control-allow-origin')).toBe('https://www.example.com')
      expect(good.headers.get('vary')).toBe('Origin')
      const bad = await ask('https://evil.example.com')
      expect(bad.headers.get('access-control-allow-origin')).toBe(null)
      expect(bad.headers.get('vary')).toBe('Origin')
    })

    it('that holds a ticket is stored in no cache', async () => {
      expect((await setup.post('/uploads', BODY)).headers.get('cache-control')).toBe('no-store')
    })
  })
})

describe('the headers of a response', () => {
  it("are those of hono's own middleware", async () => {
    const origin = 'https://www.example.com'
    const plain = new Hono()
    plain.use(requestId(), cors({ origin, exposeHeaders: EXPOSED_HEADERS }))
    plain.use(
      secureHeaders({
        contentSecurityPolicy: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
        xFrameOptions: 'DENY',
        crossOriginResourcePolicy: false,
        crossOriginOpenerPolicy: false,
        originAgentCluster: false,
        xDnsPrefetchControl: false,
        xDownloadOptions: false,
        xPermittedCrossDomainPolicies: false,
        xXssProtection: false,
      }),
    )
    plain.post('/uploads', (c) => c.json({}, 201, { 'cache-control': 'no-store' }))
    const headers = { origin }
    const expected = await plain.request('/uploads', { method: 'POST', headers })
    const setup = createServiceWithStubOss({ allowedOrigins: [origin] })
    const response = await setup.post('/uploads', BODY, { headers })
    expect([response.status, expected.status]).toEqual([201, 201])
    const list = ({ headers: all }: Response) =>
      Object.fromEntries([...all].filter(([name]) => name !== 'x-request-id'))
    expect(list(response)).toEqual(list(expected))
    expect(response.headers.has('x-request-id')).toBe(expected.headers.has('x-request-id'))
  })
})
