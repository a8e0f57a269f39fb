import { describe, expect, it } from 'vitest'
import { request } from '../../src/credentials/http.ts'

const URL = 'https://sts.aliyuncs.com/?a=PLANTED'
const send = (respond: typeof fetch, timeoutMs = 1000) =>
  request('STS at sts.aliyuncs.com', URL, { method: 'GET' }, { fetch: respond, timeoutMs })

describe('a request for credentials', () => {
  it('returns status, text and date', async () => {
    const date = 'Sun, 22 Nov 2026 08:00:00 GMT'
    const respond = async () => new Response('好', { status: 403, headers: { date } })
    expect(await send(respond)).toEqual({ status: 403, text: '好', date })
  })

  it('is never redirected', async () => {
    let mode: string | undefined
    await send(async (_, init) => {
      mode = init?.redirect
      return Response.redirect('https://evil.example.com')
    })
    expect(mode).toBe('manual')
  })

  it.each<[string, typeof fetch]>([
    ['refused', () => Promise.reject(new TypeError('fetch failed'))],
    ['too long', async () => new Response('x'.repeat(65 * 1024))],
    [
      'without a response',
      (_, init) =>
        new Promise((_resolve, reject) => {
          init?.signal?.addEventListener('abort', () => reject(init.signal?.reason))
        }),
    ],
  ])('that is %s fails without what it asked for', async (_, respond) => {
    const error = await send(respond, 30).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ name: 'CredentialsError', code: 'UNREACHABLE' })
    expect(String(error)).not.toContain('PLANTED')
  })
})
