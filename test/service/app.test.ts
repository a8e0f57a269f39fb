import { describe, expect, it } from 'vitest'
import { createMemoryAssets } from '../../src/service/assets.ts'
import { createServiceWithStubOss, readProblem } from '../support/service-with-stub-oss.ts'

const CLIENT = new TextEncoder().encode('export {}')

const setup = createServiceWithStubOss({
  allowedOrigins: ['https://www.example.com', 'https://admin.example.com'],
  assets: createMemoryAssets({ '/client.js': CLIENT }),
})

function send(path: string, init: RequestInit = {}): Promise<Response> {
  return setup.service.fetch(new Request(`https://api.example.com${path}`, init))
}

describe('the routes', () => {
  it.each(['/', '/upload', '/uploads/other', '/callbacks', '/openapi', '/.env', '/client.js/x'])(
    'know no %s',
    async (path) => {
      expect(await readProblem(await send(path))).toBe('404 NOT_FOUND')
      expect(await readProblem(await send(path, { method: 'POST' }))).toBe('404 NOT_FOUND')
    },
  )

  it.each([
    ['/uploads', 'GET', 'POST'],
    ['/uploads', 'DELETE', 'POST'],
    ['/uploads/parts', 'PUT', 'POST'],
    ['/uploads/state', 'GET', 'POST'],
    ['/uploads/confirm', 'GET', 'POST'],
    ['/uploads/abort', 'DELETE', 'POST'],
    ['/callbacks/oss', 'GET', 'POST'],
    ['/healthz', 'POST', 'GET, HEAD'],
    ['/metrics', 'POST', 'GET, HEAD'],
    ['/client.js', 'POST', 'GET, HEAD'],
  ])('of %s refuse %s and allow %s', async (path, method, allow) => {
    const response = await send(path, { method })
    expect(await readProblem(response)).toBe('405 METHOD_NOT_ALLOWED')
    expect(response.headers.get('allow')).toBe(allow)
  })

  it('respond to /healthz', async () => {
    expect(await (await send('/healthz')).json()).toEqual({ status: 'ok', durable: false })
    expect((await send('/healthz', { method: 'HEAD' })).status).toBe(200)
  })
})

describe('every response', () => {
  it('carries a request id, the caller’s own when it is short and plain', async () => {
    const id = async (given?: string) => {
      const response = await send('/healthz', given ? { headers: { 'x-request-id': given } } : {})
      return response.headers.get('x-request-id')
    }
    expect(await id()).toMatch(/^[\w-]{22}$/)
    expect(await id('trace-0815')).toBe('trace-0815')
    expect(await id('a'.repeat(65))).not.toBe('a'.repeat(65))
    expect(await id('<script>')).not.toContain('<')
  })

  it('with an error names the same id', async () => {
    const response = await send('/nothing', { headers: { 'x-request-id': 'trace-1' } })
    expect(response.headers.get('x-request-id')).toBe('trace-1')
    expect(await response.json()).toEqual({
      error: {
        code: 'NOT_FOUND',
        message: expect.any(String),
        requestId: 'trace-1',
        retryable: false,
      },
    })
  })

  it('is hardened', async () => {
    for (const path of ['/healthz', '/uploads', '/nothing']) {
      const { headers } = await send(path)
      expect(headers.get('x-content-type-options')).toBe('nosniff')
      expect(headers.get('referrer-policy')).toBe('no-referrer')
      expect(headers.get('x-frame-options')).toBe('DENY')
      expect(headers.get('strict-transport-security')).toMatch(/^max-age=\d+/)
    }
  })
})

describe('other origins', () => {
  const preflight = (origin: string, path = '/uploads') =>
    send(path, {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization,content-type,idempotency-key',
      },
    })

  it('that are on the list may ask, errors included', async () => {
    const response = await preflight('https://admin.example.com', '/uploads/parts')
    expect(response.status).toBe(204)
    expect(response.headers.get('access-control-allow-origin')).toBe('https://admin.example.com')
    expect(response.headers.get('access-control-allow-headers')).toBe(
      'authorization,content-type,idempotency-key,traceparent,tracestate',
    )
    expect(response.headers.get('access-control-max-age')).toBe('7200')
    expect(response.headers.get('vary')).toMatch(/origin/i)

    const refused = await send('/uploads', {
      method: 'POST',
      headers: { origin: 'https://www.example.com' },
    })
    expect(refused.status).toBe(401)
    expect(refused.headers.get('access-control-allow-origin')).toBe('https://www.example.com')
    expect(refused.headers.get('access-control-expose-headers')).toContain('x-request-id')
  })

  it.each([
    'https://evil.example.com',
    'https://www.example.com.evil.org',
    'http://www.example.com',
    'null',
  ])('such as %s get no word', async (origin) => {
    const { headers } = await preflight(origin)
    expect(headers.get('access-control-allow-origin')).toBe(null)
  })

  it('get no word at all where the list is empty', async () => {
    const closed = createServiceWithStubOss()
    const response = await closed.service.fetch(
      new Request('https://api.example.com/uploads', {
        method: 'OPTIONS',
        headers: { origin: 'https://www.example.com', 'access-control-request-method': 'POST' },
      }),
    )
    expect(response.status).toBe(405)
    expect(response.headers.get('access-control-allow-origin')).toBe(null)
  })

  it('are all welcome where the list says so', async () => {
    const open = createServiceWithStubOss({ allowedOrigins: ['*'] })
    const response = await open.service.fetch(
      new Request('https://api.example.com/uploads', {
        method: 'OPTIONS',
        headers: { origin: 'https://any.example.com', 'access-control-request-method': 'POST' },
      }),
    )
    expect(response.headers.get('access-control-allow-origin')).toBe('*')
  })

  it('have no business with the callback route', async () => {
    const response = await preflight('https://www.example.com', '/callbacks/oss')
    expect(response.headers.get('access-control-allow-origin')).toBe(null)
  })
})
