import { describe, expect, it } from 'vitest'
import { createServiceWithStubOss, readProblem } from '../support/service-with-stub-oss.ts'

const TOKEN = 'PLANTED-metrics-token-of-32-characters-'
const source = { contentType: 'text/plain; version=0.0.4', read: async () => 'upcall_up 1\n' }

function get(options: Parameters<typeof createServiceWithStubOss>[0], authorization?: string) {
  const { service } = createServiceWithStubOss(options)
  const headers = authorization === undefined ? {} : { authorization }
  return service.fetch(new Request('https://api.example.com/metrics', { headers }))
}

describe('GET /metrics', () => {
  it('shows what was counted to whoever has the token', async () => {
    const response = await get({ metrics: { source, token: TOKEN } }, `Bearer ${TOKEN}`)
    expect(response.status).toBe(200)
    expect(await response.text()).toBe('upcall_up 1\n')
    expect(response.headers.get('content-type')).toBe(source.contentType)
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(response.headers.get('x-content-type-options')).toBe('nosniff')
  })

  it.each([
    [undefined, '401 TOKEN_MISSING'],
    ['Basic x', '401 TOKEN_MISSING'],
    [`Bearer ${TOKEN}x`, '401 TOKEN_INVALID'],
    [`Bearer ${TOKEN.slice(1)}`, '401 TOKEN_INVALID'],
  ])('refuses %s with %s', async (authorization, problem) => {
    expect(await readProblem(await get({ metrics: { source, token: TOKEN } }, authorization))).toBe(
      problem,
    )
  })

  it('does not exist without settings, whatever token is sent', async () => {
    expect(await readProblem(await get({}, `Bearer ${TOKEN}`))).toBe('404 NOT_FOUND')
    expect(await readProblem(await get({ operatorToken: TOKEN }, `Bearer ${TOKEN}`))).toBe(
      '404 NOT_FOUND',
    )
  })
})
