import { describe, expect, it } from 'vitest'
import { createKeptHeaders, makeFromTable } from '../../src/service/answer.ts'
import { createMemoryAssets } from '../../src/service/assets.ts'
import { createServiceWithStubOss } from '../support/service-with-stub-oss.ts'

const BODY = { profile: 'avatar', name: 'me.png', type: 'image/png', size: 5 }

describe.each([
  ['of one table', makeFromTable],
  ['of headers that are kept', createKeptHeaders()],
])('an answer made %s', (_, makeAnswer) => {
  const setup = createServiceWithStubOss({
    allowedOrigins: ['https://www.example.com'],
    assets: createMemoryAssets({ '/client.js': new TextEncoder().encode('code') }),
    makeAnswer,
  })

  const send = (path: string, init: RequestInit = {}) =>
    setup.service.fetch(new Request(`https://api.example.com${path}`, init))

  const ANSWERS: [string, number, () => Promise<Response>][] = [
    ['a ticket', 201, () => setup.post('/uploads', BODY)],
    ['a refusal', 400, () => setup.post('/uploads', { ...BODY, profile: 'none' })],
    ['a missing token', 401, () => send('/uploads', { method: 'POST' })],
    ['a wrong method', 405, () => send('/uploads')],
    ['a wrong address', 404, () => send('/nothing')],
    ['a refused callback', 403, () => send('/callbacks/oss', { method: 'POST', body: 'a=1' })],
    ['the client', 200, () => send('/client.js')],
    ['health', 200, () => send('/healthz')],
  ]

  describe('every answer', () => {
    it.each(ANSWERS)('carries a request id and is hardened: %s', async (_, status, ask) => {
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

    it('that holds a ticket is kept by nobody', async () => {
      expect((await setup.post('/uploads', BODY)).headers.get('cache-control')).toBe('no-store')
    })
  })
})
