import { describe, expect, it } from 'vitest'
import { ServiceError } from '../../src/service/errors.ts'
import { createOwnAuthenticate, type OwnAuthenticate } from '../../src/service/own-authenticate.ts'
import { createServiceWithEmulator } from '../support/service-with-emulator.ts'
import { createServiceWithStubOss, readProblem } from '../support/service-with-stub-oss.ts'

const FORM = { profile: 'avatar', name: 'me.png', type: 'image/png', size: 5 }
const cookies: OwnAuthenticate = (request) => {
  const id = /(?:^|; )sid=(\w+)/.exec(request.headers.get('cookie') ?? '')?.[1]
  return id === undefined ? undefined : { subject: `user-${id}`, claims: { tenant: id } }
}

function createSetup(authenticate: OwnAuthenticate, profiles = {}) {
  const setup = createServiceWithStubOss({ authenticate, auth: undefined, ...profiles })
  const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
    setup.post(path, body, { token: null, headers })
  return { ...setup, post }
}

describe('the application’s own authenticate', () => {
  it('knows users by a cookie; whoever has none gets 401, bearer token or not', async () => {
    const setup = createSetup(cookies)
    const response = await setup.post('/uploads', FORM, { cookie: 'theme=dark; sid=42' })
    expect(response.status).toBe(201)
    expect((await response.json()) as object).toMatchObject({
      key: expect.stringMatching(/^avatars\/user-42\//),
    })
    const refused = await setup.post('/uploads', FORM)
    expect(refused.headers.get('www-authenticate')).not.toBeNull()
    expect(await readProblem(refused)).toBe('401 UNAUTHENTICATED')
    const authorization = `Bearer ${await setup.bearer()}`
    expect(await readProblem(await setup.post('/uploads', FORM, { authorization }))).toBe(
      '401 UNAUTHENTICATED',
    )
  })

  it('binds a session to its user', async () => {
    const setup = createSetup(cookies)
    const created = await setup.post('/uploads', FORM, { cookie: 'sid=1' })
    const { session } = (await created.json()) as { session: string }
    const stolen = await setup.post('/uploads/abort', { session }, { cookie: 'sid=2' })
    expect(await readProblem(stolen)).toBe('403 SESSION_INVALID')
    expect((await setup.post('/uploads/abort', { session }, { cookie: 'sid=1' })).status).toBe(204)
  })

  it('gives claims to key templates', async () => {
    const profiles = { avatar: { key: '{claim.tenant}/{id}', types: ['*'], maxSize: 9 } }
    const setup = createSetup(cookies, { profiles })
    const response = await setup.post('/uploads', FORM, { cookie: 'sid=acme' })
    expect(((await response.json()) as { key: string }).key).toMatch(/^acme\//)
  })

  it.each<[string, OwnAuthenticate, string]>([
    ['returns null', () => null, '401 UNAUTHENTICATED'],
    ['returns nothing later', async () => undefined, '401 UNAUTHENTICATED'],
    [
      'says that the session has ended',
      () => {
        throw new ServiceError('TOKEN_EXPIRED', 'Sign in again.')
      },
      '401 TOKEN_EXPIRED',
    ],
    ['rejects', () => Promise.reject(new Error('redis is down')), '503 AUTHENTICATION_FAILED'],
    [
      'throws at once',
      () => {
        throw new Error('redis is down')
      },
      '503 AUTHENTICATION_FAILED',
    ],
    ['returns an empty subject', () => ({ subject: '' }), '503 AUTHENTICATION_FAILED'],
    ['returns half a character', () => ({ subject: '\uD800' }), '503 AUTHENTICATION_FAILED'],
    ['returns a long subject', () => ({ subject: 'x'.repeat(256) }), '503 AUTHENTICATION_FAILED'],
    ['returns a number', () => ({ subject: 42 as never }), '503 AUTHENTICATION_FAILED'],
    ['returns a text', () => 'user-42' as never, '503 AUTHENTICATION_FAILED'],
    [
      'returns claims that are no object',
      () => ({ subject: 'a', claims: 'x' as never }),
      '503 AUTHENTICATION_FAILED',
    ],
  ])('that %s refuses the request', async (_, authenticate, problem) => {
    const setup = createSetup(authenticate)
    const response = await setup.post('/uploads', FORM)
    if (response.status === 503) {
      expect(response.headers.get('retry-after')).toBe('5')
      expect(setup.lines.join()).toContain('AUTHENTICATION_FAILED')
    }
    expect(await readProblem(response)).toBe(problem)
    expect(setup.requests).toEqual([])
  })

  it('that hangs is not waited for longer than its limit', async () => {
    const authenticate = createOwnAuthenticate(() => new Promise(() => {}), { limitMs: 20 })
    await expect(authenticate(new Request('https://a.example.com'))).rejects.toMatchObject({
      code: 'AUTHENTICATION_FAILED',
    })
  })

  it('and the settings for bearer tokens exclude each other', () => {
    expect(() => createServiceWithStubOss({ authenticate: cookies })).toThrow(
      'auth and authenticate exclude each other',
    )
    expect(() => createServiceWithStubOss({ auth: undefined })).toThrow('auth.secret')
  })
})

it('an upload by a user of a cookie goes the whole way', async () => {
  const setup = createServiceWithEmulator({ authenticate: cookies, auth: undefined })
  const send = (path: string, body: object) =>
    setup.service.fetch(
      new Request(`https://api.example.com${path}`, {
        method: 'POST',
        headers: { cookie: 'sid=42', 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }),
    )
  const ticket = (await (await send('/uploads', FORM)).json()) as {
    url: string
    session: string
    fields: Record<string, string>
  }
  const form = new FormData()
  for (const [name, value] of Object.entries(ticket.fields)) form.append(name, value)
  form.append('file', new Blob(['hello']))
  const stored = await setup.oss.fetch(new Request(ticket.url, { method: 'POST', body: form }))
  expect(stored.status).toBe(200)
  expect(setup.receipts).toMatchObject([{ subject: 'user-42', via: 'callback' }])
  expect((await send('/uploads/confirm', { session: ticket.session })).status).toBe(200)
})
