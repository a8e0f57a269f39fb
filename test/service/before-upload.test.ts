import { describe, expect, it } from 'vitest'
import {
  type BeforeUploadResult,
  createAskBeforeUpload,
  type OnBeforeUpload,
  readBeforeUploadResult,
} from '../../src/service/before-upload.ts'
import type { FormTicket, MultipartTicket } from '../../src/signer/ticket.ts'
import { createBearer } from '../support/bearer.ts'
import { createProfile } from '../support/samples.ts'
import { buildForm, createServiceWithEmulator } from '../support/service-with-emulator.ts'
import { createServiceWithStubOss, readProblem } from '../support/service-with-stub-oss.ts'

const FORM = { profile: 'avatar', name: 'me.png', type: 'image/png', size: 5, vars: { album: 'a' } }
const TENANTS = {
  avatar: {
    key: '{tenant}/{claim.org}/{id}',
    keyValues: ['tenant'],
    requireScope: 'upload:write',
    types: ['image/*'],
    maxSize: 5_000_000,
    vars: ['album'],
  },
}
const CLAIMS = { org: 'acme', scope: 'upload:write' }

describe('onBeforeUpload', () => {
  it('is told what the profile allows, with the request, and may say nothing', async () => {
    const seen: Parameters<OnBeforeUpload>[0][] = []
    const setup = createServiceWithStubOss({ onBeforeUpload: (upload) => void seen.push(upload) })
    const token = await setup.bearer({ claims: CLAIMS })
    const headers = { 'x-tenant': 'acme' }
    expect((await setup.post('/uploads', FORM, { token, headers })).status).toBe(201)
    expect(await readProblem(await setup.post('/uploads', { ...FORM, size: 0 }))).toBe(
      '400 FILE_TOO_SMALL',
    )
    expect(seen).toMatchObject([
      {
        subject: 'user-42',
        claims: { ...CLAIMS, sub: 'user-42' },
        profile: 'avatar',
        file: { name: 'me.png', type: 'image/png', size: 5 },
        vars: { album: 'a' },
        method: 'form',
      },
    ])
    expect(seen[0]?.request.headers.get('x-tenant')).toBe('acme')
  })

  it('refuses with the code and the words of the application, for good or for now', async () => {
    const refuse = (more: object = {}) =>
      createServiceWithStubOss({
        onBeforeUpload: async () => ({
          allow: false,
          code: 'CASE_CLOSED',
          message: '此案件已关闭。',
          ...more,
        }),
      })
    const forGood = await refuse().post('/uploads', FORM)
    expect(forGood.status).toBe(403)
    expect(await forGood.json()).toMatchObject({
      error: { code: 'CASE_CLOSED', message: '此案件已关闭。', retryable: false },
    })
    const forNow = await refuse({ retryAfterSeconds: 60 }).post('/uploads', FORM)
    expect(forNow.headers.get('retry-after')).toBe('60')
    expect(await readProblem(forNow)).toBe('429 CASE_CLOSED')
  })

  it('refuses before an upload is opened on OSS', async () => {
    const setup = createServiceWithStubOss({
      onBeforeUpload: () => ({ allow: false, code: 'NO', message: 'no' }),
    })
    const big = { profile: 'any', name: 'a', type: 'video/mp4', size: 3e5, method: 'multipart' }
    expect(await readProblem(await setup.post('/uploads', big))).toBe('403 NO')
    expect(setup.requests).toEqual([])
  })

  it('adds key values and variables, which reach the receipt; the page cannot', async () => {
    const setup = createServiceWithEmulator({
      profiles: TENANTS,
      onBeforeUpload: ({ claims }) => ({
        allow: true,
        keyValues: { tenant: `t-${String(claims.org)}` },
        vars: { plan: 'pro' },
      }),
    })
    const token = await createBearer({ now: setup.clock.now(), claims: CLAIMS })
    const ask = (body: object) =>
      setup.service.fetch(
        new Request('https://api.example.com/uploads', {
          method: 'POST',
          headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
          body: JSON.stringify(body),
        }),
      )
    const ticket = (await (await ask(FORM)).json()) as FormTicket
    expect(ticket.key).toMatch(/^t-acme\/acme\//)
    const file = new TextEncoder().encode('hello')
    expect((await setup.oss.fetch(buildForm(ticket, file))).status).toBe(200)
    expect(setup.receipts).toMatchObject([{ vars: { album: 'a', plan: 'pro' } }])
    const forged = await ask({ ...FORM, vars: { plan: 'pro' } })
    expect(await readProblem(forged)).toBe('403 VAR_REFUSED')
  })

  it('gives one upload for one Idempotency-Key and tenant, and another for another tenant', async () => {
    let tenant = 'a'
    const setup = createServiceWithStubOss({
      profiles: { avatar: { ...TENANTS.avatar, key: '{tenant}/{id}', requireScope: undefined } },
      onBeforeUpload: () => ({ allow: true, keyValues: { tenant } }),
    })
    const order = async () => {
      const headers = { 'idempotency-key': 'k-1' }
      return (await (await setup.post('/uploads', FORM, { headers })).json()) as FormTicket
    }
    const [first, again] = [await order(), await order()]
    tenant = 'b'
    const other = await order()
    expect(again.id).toBe(first.id)
    expect(other.id).not.toBe(first.id)
  })

  it('can make limits smaller, never larger', async () => {
    const limit = (maxSize: number) =>
      createServiceWithStubOss({ onBeforeUpload: () => ({ allow: true, limits: { maxSize } }) })
    expect(await readProblem(await limit(4).post('/uploads', FORM))).toBe('413 FILE_TOO_LARGE')
    const large = { ...FORM, size: 5_000_001 }
    expect(await readProblem(await limit(1e12).post('/uploads', large))).toBe('413 FILE_TOO_LARGE')
  })

  it('cannot change the claims that the next request sees', async () => {
    const seen: unknown[] = []
    const setup = createServiceWithStubOss({
      onBeforeUpload: ({ claims }) => {
        seen.push(claims.role)
        Object.assign(claims, { role: 'admin' })
        return undefined
      },
    })
    const token = await setup.bearer({ claims: { role: 'user' } })
    await setup.post('/uploads', FORM, { token })
    await setup.post('/uploads', FORM, { token })
    expect(seen).toEqual(['user', 'user'])
  })

  it.each<[string, OnBeforeUpload]>([
    [
      'throws',
      () => {
        throw new Error('database is down')
      },
    ],
    ['rejects', () => Promise.reject(new Error('database is down'))],
    ['returns true', () => true as never],
    ['returns null', () => null as never],
    ['returns another shape', () => ({ ok: true }) as never],
    ['refuses without a message', () => ({ allow: false, code: 'NO' }) as never],
    ['refuses with a code in small letters', () => ({ allow: false, code: 'no', message: 'x' })],
    ['misspells a limit', () => ({ allow: true, limits: { maxsize: 1 } }) as never],
    ['brings a key value that nobody asked for', () => ({ allow: true, keyValues: { a: 'b' } })],
    ['brings a variable of the service', () => ({ allow: true, vars: { seal: 'b' } })],
  ])('that %s refuses the upload with 503 and Retry-After, and is logged', async (_, hook) => {
    const setup = createServiceWithStubOss({ onBeforeUpload: hook })
    const response = await setup.post('/uploads', FORM)
    expect(response.headers.get('retry-after')).toBe('5')
    expect(await readProblem(response)).toBe('503 BEFORE_UPLOAD_FAILED')
    expect(setup.lines.join()).toContain('BEFORE_UPLOAD_FAILED')
  })

  it('that allows without the key values of the profile refuses the upload', async () => {
    const profiles = {
      avatar: { ...TENANTS.avatar, key: '{tenant}/{id}', requireScope: undefined },
    }
    const setup = createServiceWithStubOss({ profiles, onBeforeUpload: () => undefined })
    expect(await readProblem(await setup.post('/uploads', FORM))).toBe('503 BEFORE_UPLOAD_FAILED')
  })

  it('that hangs is not waited for longer than its limit', async () => {
    const ask = createAskBeforeUpload(() => new Promise(() => {}), 20)
    const request = { ...FORM, vars: {} }
    const who = { subject: 'a', claims: {} }
    await expect(
      ask(createProfile(), request, who, new Request('https://a.example.com')),
    ).rejects.toMatchObject({ code: 'BEFORE_UPLOAD_FAILED', retryAfterSeconds: 5 })
  })
})

describe('claims of a bearer token', () => {
  it('are asked for by requireScope and by the key template', async () => {
    const profiles = {
      avatar: { ...TENANTS.avatar, key: '{claim.org}/{id}', keyValues: undefined },
    }
    const setup = createServiceWithStubOss({ profiles })
    const ask = async (claims: Record<string, unknown>) => {
      const response = await setup.post('/uploads', FORM, { token: await setup.bearer({ claims }) })
      return response.status === 201
        ? ((await response.json()) as FormTicket).key
        : readProblem(response)
    }
    expect(await ask({})).toBe('403 SCOPE_MISSING')
    expect(await ask({ scope: 'upload:write' })).toBe('403 CLAIM_MISSING')
    expect(await ask(CLAIMS)).toMatch(/^acme\//)
    expect(await ask({ ...CLAIMS, org: 'other' })).toMatch(/^other\//)
  })

  it('must still grant the scope when further parts are asked for', async () => {
    const profiles = {
      any: { key: 'a/{id}', types: ['*'], maxSize: 1e9, requireScope: 'upload:write' },
    }
    const setup = createServiceWithEmulator({ profiles })
    const send = async (path: string, body: object, scope: string) => {
      const token = await createBearer({ now: setup.clock.now(), claims: { scope } })
      return setup.service.fetch(
        new Request(`https://api.example.com${path}`, {
          method: 'POST',
          headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
          body: JSON.stringify(body),
        }),
      )
    }
    const big = { profile: 'any', name: 'a', type: 'video/mp4', size: 2e7 }
    const created = await send('/uploads', big, 'upload:write')
    const { session } = (await created.json()) as MultipartTicket
    const parts = { session, partNumbers: [1] }
    expect((await send('/uploads/parts', parts, 'upload:write')).status).toBe(200)
    expect(await readProblem(await send('/uploads/parts', parts, 'other'))).toBe(
      '403 SCOPE_MISSING',
    )
  })
})

describe('the result', () => {
  it.each<[string, unknown, BeforeUploadResult]>([
    ['allows', { allow: true }, { allow: true }],
    [
      'allows with additions',
      { allow: true, keyValues: { a: 'b' }, limits: { types: ['image/*'] } },
      { allow: true, keyValues: { a: 'b' }, limits: { types: ['image/*'] } },
    ],
    [
      'refuses',
      { allow: false, code: 'A_1', message: 'x', retryAfterSeconds: 1.5 },
      { allow: false, code: 'A_1', message: 'x', retryAfterSeconds: 1.5 },
    ],
  ])('%s', (_, value, expected) => {
    expect(readBeforeUploadResult(value)).toEqual(expected)
  })

  it.each([
    [{ allow: 'true' }],
    [{ allow: 1 }],
    [[]],
    [{}],
    [{ allow: true, code: 'A', message: 'x' }],
    [{ allow: true, vars: { a: 1 } }],
    [{ allow: true, limits: { maxSize: '5' } }],
    [{ allow: true, limits: { types: 'image/*' } }],
    [{ allow: false, code: 'A', message: '' }],
    [{ allow: false, code: 'A', message: 'x'.repeat(501) }],
    [{ allow: false, code: 'A\nB', message: 'x' }],
    [{ allow: false, code: 'A', message: 'x', retryAfterSeconds: 0 }],
    [{ allow: false, code: 'A', message: 'x', retryAfterSeconds: 1e9 }],
  ])('%j is not one', (value) => {
    expect(() => readBeforeUploadResult(value)).toThrow(TypeError)
  })
})
