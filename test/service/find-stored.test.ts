/** The whole way in memory: an upload through the local OSS, then the same bytes again. */
import { describe, expect, it } from 'vitest'
import { crc64 } from '../../src/protocol/crc64.ts'
import { presign } from '../../src/protocol/presign.ts'
import { createFindStoredRoute, type FindStored } from '../../src/service/find-stored.ts'
import type { Receipt } from '../../src/signer/accept-callback.ts'
import type { FormTicket } from '../../src/signer/ticket.ts'
import { createBearer } from '../support/bearer.ts'
import { ACCESS_KEY } from '../support/keys.ts'
import { buildForm, createServiceWithEmulator } from '../support/service-with-emulator.ts'
import { createSettings, readProblem } from '../support/service-with-stub-oss.ts'
import { createTestOutbox } from '../support/test-outbox.ts'

const FILE = new TextEncoder().encode('GIF89a of a cat')
const REQUEST = { profile: 'avatar', name: '猫.gif', type: 'image/gif', size: FILE.length }

const crc64OfFile = () => String(crc64(FILE))

interface Setup {
  /** By default, the application finds the receipt whatever it is asked. */
  findStored?: (receipt: Receipt | undefined) => ReturnType<FindStored>
}

/** One stored upload of `user-42`. */
async function createStored({ findStored = (receipt) => receipt }: Setup = {}) {
  const queries: Parameters<FindStored>[0][] = []
  const setup = createServiceWithEmulator({
    findStored: (query) => {
      queries.push(query)
      return findStored(setup.receipts[0])
    },
  })
  const ticket = await setup.order<FormTicket>(REQUEST)
  const stored = await setup.oss.fetch(buildForm(ticket, FILE))
  expect(stored.status).toBe(200)
  const [receipt] = setup.receipts
  if (!receipt) throw new Error('There is no receipt.')
  const ask = async (more: object = {}, subject?: string) => {
    const query = { profile: 'avatar', size: FILE.length, crc64: receipt.crc64, ...more }
    const response = await setup.ask('/uploads/stored', query, subject)
    return response.status === 200 ? response.json() : readProblem(response)
  }
  return { ...setup, ask, receipt, queries, response: await stored.json() }
}

describe('the same bytes of the same user', () => {
  it('are found, with what the application responded then', async () => {
    const { ask, receipt, queries, response, receipts, lines } = await createStored()
    const { id, key } = receipt
    expect(await ask()).toEqual({ stored: { id, key, response } })
    const claims = expect.objectContaining({ sub: 'user-42' })
    expect(queries).toEqual([
      { subject: 'user-42', claims, profile: 'avatar', size: FILE.length, crc64: crc64OfFile() },
    ])
    // Nothing was stored, and nobody is told of an upload.
    expect([receipts.length, lines]).toEqual([1, []])
  })

  it('are found with a response that the application gives anew', async () => {
    const { ask } = await createStored({
      findStored: async (receipt) => receipt && { key: receipt.key, response: ['again', null] },
    })
    expect(await ask()).toMatchObject({ stored: { response: ['again', null] } })
  })

  it('are found with the facts of the object, when the receipt is recorded no more', async () => {
    const outbox = createTestOutbox({ ...createSettings(), onReceipt: () => 'mine' })
    const setup = createServiceWithEmulator({
      outbox: { ...outbox, read: async () => undefined },
      findStored: () => ({ key: ticket.key }),
    })
    const ticket = await setup.order<FormTicket>(REQUEST)
    expect((await setup.oss.fetch(buildForm(ticket, FILE))).status).toBe(200)
    const sum = crc64OfFile()
    const query = { profile: 'avatar', size: FILE.length, crc64: sum }
    const found = await (await setup.ask('/uploads/stored', query)).json()
    const { id, key } = ticket
    const facts = { id, key, name: '猫.gif', type: 'image/gif', crc64: sum, profile: 'avatar' }
    expect(found).toEqual({ stored: { id, key, response: expect.objectContaining(facts) } })
  })

  it('are sent again while the application has not responded to the first upload', async () => {
    const setup = createServiceWithEmulator(
      {
        onReceipt: () => {
          throw new Error('down')
        },
        findStored: () => ({ key: ticket.key }),
      },
      {},
      { firstRetryMs: 60_000 },
    )
    const ticket = await setup.order<FormTicket>(REQUEST)
    await setup.oss.fetch(buildForm(ticket, FILE))
    const query = { profile: 'avatar', size: FILE.length, crc64: crc64OfFile() }
    expect(await (await setup.ask('/uploads/stored', query)).json()).toEqual({})
  })
})

describe('whatever the application says, the page is not told of', () => {
  it.each<[string, object, string | undefined]>([
    ['the object of another user', {}, 'user-43'],
    ['an object of another profile', { profile: 'any' }, undefined],
    ['an object of another size', { size: FILE.length + 1 }, undefined],
    ['an object with other bytes', { crc64: '7' }, undefined],
  ])('%s; the operator is', async (_, more, subject) => {
    const { ask, lines } = await createStored()
    expect(await ask(more, subject)).toEqual({})
    expect(lines.join()).toContain('FIND_STORED_WRONG')
  })

  it('an object that is gone, or that no upload stored', async () => {
    const { ask, oss, clock, receipt, lines } = await createStored({
      findStored: () => ({ key: 'somewhere/else.gif' }),
    })
    expect(await ask()).toEqual({})
    const { url } = presign(
      {
        method: 'PUT',
        bucket: 'examplebucket',
        key: 'somewhere/else.gif',
        region: 'cn-hangzhou',
      },
      { credentials: ACCESS_KEY, now: clock.now(), expiresInSeconds: 60 },
    )
    expect((await oss.fetch(new Request(url, { method: 'PUT', body: FILE }))).status).toBe(200)
    expect(await ask()).toEqual({})
    expect(receipt.key).not.toBe('somewhere/else.gif')
    expect(lines).toEqual([])
  })
})

describe('an application that', () => {
  it.each<[string, Setup['findStored']]>([
    ['knows of none', () => undefined],
    ['knows of none in its database', async () => null],
  ])('%s makes the page upload', async (_, findStored) => {
    const { ask, lines } = await createStored({ ...(findStored && { findStored }) })
    expect(await ask()).toEqual({})
    expect(lines).toEqual([])
  })

  it.each<[string, NonNullable<Setup['findStored']>]>([
    ['throws', () => Promise.reject(new Error('no database'))],
    ['returns another shape', () => ({ id: 'x' }) as never],
  ])('%s makes the page upload, and the log says why', async (_, findStored) => {
    const { ask, lines } = await createStored({ findStored })
    expect(await ask()).toEqual({})
    expect(lines.join()).toContain('FIND_STORED_FAILED')
  })

  it('takes too long makes the page upload', async () => {
    const never = () => new Promise<undefined>(() => {})
    const route = createFindStoredRoute(never, { limitMs: 10 })
    const failures: string[] = []
    const handle = route.create(
      {
        profiles: new Map([['avatar', { name: 'avatar', scopes: [] }]]),
        log: { failure: (code: string) => failures.push(code) },
      } as never,
      async () => ({ subject: 'user-42', claims: {} }),
    )
    const body = JSON.stringify({ profile: 'avatar', size: 1, crc64: '1' })
    const headers = { 'content-type': 'application/json' }
    const raw = new Request('https://api.example.com/', { method: 'POST', body, headers })
    const buildResponse = (text: string) => new Response(text)
    const known = { requestId: 'r', buildResponse, baseHeaders: { json: {} } }
    const c = { req: { raw }, var: known, get: (name: keyof typeof known) => known[name] }
    expect(await (await handle(c as never)).json()).toEqual({})
    expect(failures).toEqual(['FIND_STORED_FAILED'])
  })

  it('changes the claims changes nothing for the next request', async () => {
    const setup = createServiceWithEmulator({
      findStored: ({ claims }) => {
        Object.assign(claims, { sub: 'changed' })
        seen.push(claims.sub)
        return undefined
      },
    })
    const seen: unknown[] = []
    const query = { profile: 'avatar', size: 1, crc64: '1' }
    const bearer = await createBearer({ now: setup.clock.now() })
    const headers = { authorization: `Bearer ${bearer}` }
    await setup.ask('/uploads/stored', query, undefined, headers)
    const ticket = await setup.order<FormTicket>(REQUEST, headers)
    expect(seen).toEqual(['changed'])
    expect(ticket.key).toContain('user-42')
  })
})

describe('the route', () => {
  it('does not exist without findStored, and takes POST alone', async () => {
    const without = createServiceWithEmulator()
    expect(await readProblem(await without.ask('/uploads/stored', {}))).toBe('404 NOT_FOUND')
    const { service } = createServiceWithEmulator({ findStored: () => undefined })
    const response = await service.fetch(new Request('https://api.example.com/uploads/stored'))
    expect([await readProblem(response), response.headers.get('allow')]).toEqual([
      '405 METHOD_NOT_ALLOWED',
      'POST',
    ])
  })

  it.each<[object, string]>([
    [{ profile: 'nothing' }, '400 PROFILE_UNKNOWN'],
    [{ crc64: '0x1' }, '400 BODY_FIELD'],
    [{ crc64: undefined }, '400 BODY_FIELD'],
    [{ size: -1 }, '400 BODY_FIELD'],
    [{ key: 'avatars/user-42/x' }, '400 BODY_FIELD'],
  ])('refuses %o', async (more, problem) => {
    const { ask, queries } = await createStored()
    expect(await ask(more)).toBe(problem)
    expect(queries).toEqual([])
  })

  it('asks for a token, and for the scopes of the profile', async () => {
    const { avatar, ...others } = createSettings().profiles
    if (!avatar) throw new Error('There is no profile.')
    const setup = createServiceWithEmulator({
      profiles: { ...others, avatar: { ...avatar, requireScope: 'upload:write' } },
      findStored: () => undefined,
    })
    const query = { profile: 'avatar', size: 1, crc64: '1' }
    expect(await readProblem(await setup.ask('/uploads/stored', query))).toBe('403 SCOPE_MISSING')
    const nobody = { authorization: 'Bearer nothing' }
    const refused = await setup.ask('/uploads/stored', query, undefined, nobody)
    expect(await readProblem(refused)).toBe('401 TOKEN_INVALID')
  })

  it('can be called by pages of the allowed origins', async () => {
    const origin = 'https://www.example.com'
    const { service, ask } = createServiceWithEmulator({
      allowedOrigins: [origin],
      findStored: () => undefined,
    })
    const headers = { origin, 'access-control-request-method': 'POST' }
    const url = 'https://api.example.com/uploads/stored'
    const preflight = await service.fetch(new Request(url, { method: 'OPTIONS', headers }))
    expect([preflight.status, preflight.headers.get('access-control-allow-origin')]).toEqual([
      204,
      origin,
    ])
    const query = { profile: 'avatar', size: 1, crc64: '1' }
    const response = await ask('/uploads/stored', query, undefined, { origin })
    expect(response.headers.get('access-control-allow-origin')).toBe(origin)
  })
})
