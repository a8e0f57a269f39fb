import { describe, expect, it } from 'vitest'
import { sha256Base64Url } from '../../src/protocol/crypto.ts'
import { createRsaKeyPair } from '../../src/protocol/crypto-rsa-private.ts'
import type { ServiceOptions } from '../../src/service/create-service.ts'
import { DOCTOR_PROFILE, signDoctorToken } from '../../src/signer/doctor-probe.ts'
import { buildSeal } from '../../src/signer/seal.ts'
import type { FormTicket } from '../../src/signer/ticket.ts'
import { createSecrets } from '../../src/signer/token.ts'
import { START } from '../support/clock.ts'
import { CALLBACK_KEY, JWT_ISSUER, UPCALL_SECRET } from '../support/keys.ts'
import {
  CALLBACK_PATH,
  type CallbackOptions,
  createCallback,
  createServiceWithStubOss,
  readProblem,
  type ServiceWithStubOss,
} from '../support/service-with-stub-oss.ts'

const ETAG = '5D41402ABC4B2A76B9719D911017C592'

interface Scene {
  setup: ServiceWithStubOss
  ticket: FormTicket
  /** What OSS would send. */
  facts: Record<string, string>
  /** The response to HEAD, for tests to change. */
  stored: Record<string, string>
  receipts: unknown[]
  send(facts?: Record<string, string>, options?: CallbackOptions): Promise<Response>
}

const TRUSTING = {
  trusting: { key: 't/{id}', types: ['*'], maxSize: 1_000_000, trustCallbackSignature: true },
}

async function setUp(profile = 'avatar', settings: Partial<ServiceOptions> = {}): Promise<Scene> {
  const stored: Record<string, string> = {}
  const receipts: unknown[] = []
  const setup = createServiceWithStubOss(
    { onReceipt: (receipt) => ({ count: receipts.push(receipt) }), ...settings },
    () => new Response(null, { headers: stored }),
  )
  const order = await setup.post('/uploads', {
    profile,
    name: '我 & du.png',
    type: 'image/png',
    size: 1000,
  })
  const ticket = (await order.json()) as FormTicket
  Object.assign(stored, {
    'content-length': '1000',
    'content-type': 'image/png',
    etag: `"${ETAG}"`,
    'x-oss-hash-crc64ecma': '123',
    'x-oss-meta-upcall-id': ticket.id,
  })
  const facts = {
    bucket: 'examplebucket',
    object: ticket.key,
    etag: ETAG,
    size: '1000',
    type: 'image/png',
    crc64: '123',
    contentMd5: 'XUFAKrxLKna5cZ2REBfFkg==',
    clientIp: '203.0.113.7',
    reqId: '5C3D9175B6FC201293AD0001',
    operation: 'PostObject',
    name: '我 & du.png',
    seal: ticket.fields['x:seal'] ?? '',
    width: '640',
    height: '480',
    format: 'png',
  }
  return {
    setup,
    ticket,
    facts,
    stored,
    receipts,
    send: (more = facts, options) =>
      setup.service.fetch(createCallback(new URLSearchParams(more), options)),
  }
}

describe('POST /callbacks/oss', () => {
  it('asks OSS for the object, runs the handler, and responds as OSS wants it', async () => {
    const { send, setup, receipts, ticket } = await setUp()
    const response = await send()
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe('application/json')
    expect(response.headers.get('content-length')).toBe('11')
    expect(await response.text()).toBe('{"count":1}')
    expect(setup.requests.map(({ method }) => method)).toEqual(['HEAD'])
    expect(receipts).toEqual([
      expect.objectContaining({
        id: ticket.id,
        subject: 'user-42',
        name: '我 & du.png',
        via: 'callback',
        unverified: expect.objectContaining({
          image: { width: 640, height: 480, format: 'png' },
        }),
      }),
    ])
  })

  it('responds with the facts where there is no handler', async () => {
    const { facts, ticket, stored } = await setUp()
    const plain = createServiceWithStubOss({}, () => new Response(null, { headers: stored }))
    const response = await plain.service.fetch(createCallback(new URLSearchParams(facts)))
    expect(await response.json()).toEqual({
      id: ticket.id,
      key: ticket.key,
      name: '我 & du.png',
      size: 1000,
      type: 'image/png',
      etag: ETAG,
      crc64: '123',
      profile: 'avatar',
      unverified: { image: { width: 640, height: 480, format: 'png' } },
    })
  })

  it('does not ask where the profile trusts', async () => {
    const { send, setup } = await setUp('trusting', { profiles: TRUSTING })
    expect((await send()).status).toBe(200)
    expect(setup.requests).toEqual([])
    expect(setup.lines).toEqual([expect.stringContaining('"PROFILE_RISK"')])
  })

  it('runs the handler once: two at once, and again later, get the first response', async () => {
    const { send, receipts, setup } = await setUp()
    const responses = await Promise.all([send(), send()])
    responses.push(await send())
    for (const response of responses) expect(await response.text()).toBe('{"count":1}')
    expect(receipts).toHaveLength(1)
    // Each time the object is looked at: it could be another one by now.
    expect(setup.requests).toHaveLength(3)
  })

  it('is verified on the raw bytes, in any order and spelling', async () => {
    const { facts, setup } = await setUp()
    const odd = Object.entries(facts)
      .reverse()
      .map(([name, value]) => `${name}=${encodeURIComponent(value).replaceAll('%20', '+')}`)
      .join('&')
    expect((await setup.service.fetch(createCallback(odd))).status).toBe(200)
  })
})

describe('a callback is refused', () => {
  const { privateKey } = createRsaKeyPair(1024)
  const refused = '403 CALLBACK_SIGNATURE'

  it.each<[string, CallbackOptions]>([
    ['for another path', { path: '/up%20here/callbacks/oss/' }],
    ['for the path as the proxy shows it', { path: '/callbacks/oss' }],
    ['signed by another key', { privateKey }],
    ['by a key on another host', { keyUrl: 'https://evil.example.com/callback.pem' }],
    [
      'by a key URL with a suffix host',
      { keyUrl: 'https://keys.example.com.evil.org/callback.pem' },
    ],
    ['by a key URL with a user', { keyUrl: 'https://keys.example.com@evil.org/callback.pem' }],
    ['by a key URL with a query', { keyUrl: `${CALLBACK_KEY.url}?` }],
    ['by a key URL with a fragment', { keyUrl: `${CALLBACK_KEY.url}#` }],
    ['by a key URL that climbs', { keyUrl: 'https://keys.example.com/x/../callback.pem' }],
    ['by a key URL in capitals', { keyUrl: CALLBACK_KEY.url.toUpperCase() }],
    ['by the same over plain http', { keyUrl: CALLBACK_KEY.url.replace('https', 'http') }],
    [
      'by the pinned key’s URL, which is replaced here',
      { keyUrl: 'https://gosspublic.alicdn.com/callback_pub_key_v1.pem' },
    ],
    ['with a key URL that is no Base64', { headers: { 'x-oss-pub-key-url': '%%%' } }],
    ['without a key URL', { headers: { 'x-oss-pub-key-url': '' } }],
    ['without a signature', { headers: { authorization: '' } }],
    ['with a signature of another shape', { headers: { authorization: 'AAAA' } }],
    ['with a signature in words', { headers: { authorization: 'OSS abc:def' } }],
    ['with signature version 2.0', { headers: { 'x-oss-signature-version': '2.0' } }],
  ])('%s', async (_, options) => {
    const { send, setup, receipts, facts } = await setUp()
    expect(await readProblem(await send(facts, options))).toBe(refused)
    // Nothing is fetched because a header says so.
    expect(setup.requests).toEqual([])
    expect(receipts).toEqual([])
  })

  it('with a changed body', async () => {
    const { facts, setup } = await setUp()
    const good = createCallback(new URLSearchParams(facts))
    const body = String(new URLSearchParams({ ...facts, size: '1001' }))
    const bent = new Request(good.url, { method: 'POST', headers: good.headers, body })
    expect(await readProblem(await setup.service.fetch(bent))).toBe(refused)
  })

  it('with another query, unless that was signed', async () => {
    const { facts, send, setup } = await setUp()
    const good = createCallback(new URLSearchParams(facts))
    const bent = new Request(`${good.url}?a=1`, good)
    expect(await readProblem(await setup.service.fetch(bent))).toBe(refused)
    expect((await send(facts, { path: `${CALLBACK_PATH}?a=1` })).status).toBe(200)
  })

  it('with the seal of another upload, and with none', async () => {
    const one = await setUp()
    const other = await one.setup.post('/uploads', {
      profile: 'avatar',
      name: 'other.png',
      type: 'image/png',
      size: 1000,
    })
    const seal = ((await other.json()) as FormTicket).fields['x:seal'] ?? ''
    expect(await readProblem(await one.send({ ...one.facts, seal }))).toBe('403 CALLBACK_MISMATCH')
    expect(await readProblem(await one.send({ ...one.facts, seal: '' }))).toBe('403 SEAL_INVALID')
    const session = one.ticket.session
    expect(await readProblem(await one.send({ ...one.facts, seal: session }))).toBe(
      '403 SEAL_INVALID',
    )
  })

  it('with an expired seal', async () => {
    const { send, setup } = await setUp()
    setup.clock.advance(86_400 + 3600)
    expect(await readProblem(await send())).toBe('403 SEAL_EXPIRED')
  })

  it('over 64 KiB', async () => {
    const { send, facts } = await setUp()
    const response = await send({ ...facts, more: 'x'.repeat(65_536) })
    expect(await readProblem(response)).toBe('413 BODY_TOO_LARGE')
  })

  it('that is no UTF-8', async () => {
    const { setup } = await setUp()
    const request = createCallback('a=1')
    const bent = new Request(request.url, {
      method: 'POST',
      headers: request.headers,
      body: new Uint8Array([0x61, 0x3d, 0xff]),
    })
    expect(await readProblem(await setup.service.fetch(bent))).toBe(refused)
  })

  it.each([
    ['size', { 'content-length': '999' }],
    ['ETag', { etag: '"00000000000000000000000000000000"' }],
    ['CRC-64', { 'x-oss-hash-crc64ecma': '124' }],
    ['upload', { 'x-oss-meta-upcall-id': 'another' }],
  ])('when the object has another %s', async (_, headers) => {
    const { send, stored, receipts } = await setUp()
    Object.assign(stored, headers)
    expect(await readProblem(await send())).toBe('409 OBJECT_MISMATCH')
    expect(receipts).toEqual([])
  })

  it('when there is no such object: a stranger’s bucket signed it', async () => {
    const { facts, receipts } = await setUp()
    const setup = createServiceWithStubOss({}, () => new Response(null, { status: 404 }))
    const response = await setup.service.fetch(createCallback(new URLSearchParams(facts)))
    expect(await readProblem(response)).toBe('404 OBJECT_MISSING')
    expect(receipts).toEqual([])
  })

  it('when its profile is gone', async () => {
    const { facts } = await setUp()
    const setup = createServiceWithStubOss({
      profiles: { other: { key: '{id}', types: ['*'], maxSize: 1 } },
    })
    const response = await setup.service.fetch(createCallback(new URLSearchParams(facts)))
    expect(await readProblem(response)).toBe('400 PROFILE_UNKNOWN')
  })
})

// Concurrent: several of them wait for the service's own time limits.
describe.concurrent('when the handler fails', () => {
  it('it runs again by itself, while OSS still waits when that is soon enough', async () => {
    const { facts, stored } = await setUp()
    let runs = 0
    const setup = createServiceWithStubOss(
      {
        onReceipt: async () => {
          runs += 1
          if (runs === 1) throw new Error('database is down')
          return { ok: true }
        },
      },
      () => new Response(null, { headers: stored }),
    )
    const send = async () =>
      (await setup.service.fetch(createCallback(new URLSearchParams(facts)))).json()
    expect(await send()).toEqual({ ok: true })
    expect(setup.lines).toHaveLength(1)
    expect(setup.lines[0]).toContain('database is down')
    expect(await send()).toEqual({ ok: true })
    expect(runs).toBe(2)
  })

  it('by never settling, the callback is responded to in time', async () => {
    const { facts, stored } = await setUp()
    const setup = createServiceWithStubOss(
      { onReceipt: () => new Promise(() => {}) },
      () => new Response(null, { headers: stored }),
    )
    const started = performance.now()
    const response = await setup.service.fetch(createCallback(new URLSearchParams(facts)))
    expect(await response.json()).toMatchObject({ status: 'accepted' })
    // OSS waits 5 s.
    expect(performance.now() - started).toBeLessThan(5000)
  })

  it.each<[string, unknown]>([
    ['too much', { text: 'x'.repeat(1_000_000) }],
    ['no JSON', 5n],
    ['a function', () => {}],
  ])('to return JSON: %s', async (_, value) => {
    const { facts, stored } = await setUp()
    const setup = createServiceWithStubOss(
      { onReceipt: () => value },
      () => new Response(null, { headers: stored }),
    )
    const response = await setup.service.fetch(createCallback(new URLSearchParams(facts)))
    expect(await response.json()).toMatchObject({ status: 'accepted' })
    expect(setup.lines[0]).toContain('DELIVERY_RESPONSE')
  })

  it.each<[string, unknown]>([
    ['null', null],
    ['false', false],
    ['zero', 0],
    ['an empty text', ''],
    ['a list', []],
  ])('not, %s is a response like any other', async (_, value) => {
    const { facts, stored } = await setUp()
    const setup = createServiceWithStubOss(
      { onReceipt: () => value },
      () => new Response(null, { headers: stored }),
    )
    const response = await setup.service.fetch(createCallback(new URLSearchParams(facts)))
    expect(await response.json()).toEqual(value)
  })

  it('with other facts under the same id, the first response is not given again', async () => {
    const { facts, stored } = await setUp()
    const replaced: string[] = []
    let current = stored
    const setup = createServiceWithStubOss(
      {
        onReceipt: () => ({ first: true }),
        onReplaced: (receipt) => void replaced.push(receipt.etag),
      },
      () => new Response(null, { headers: current }),
    )
    const send = (more: Record<string, string> = {}) =>
      setup.service.fetch(createCallback(new URLSearchParams({ ...facts, ...more })))
    expect(await (await send()).json()).toEqual({ first: true })
    const etag = '00000000000000000000000000000000'
    current = { ...stored, etag: `"${etag}"` }
    expect(await readProblem(await send({ etag }))).toBe('409 OBJECT_REPLACED')
    expect(await readProblem(await send({ etag }))).toBe('409 OBJECT_REPLACED')
    await expect.poll(() => replaced).toEqual([etag])
    current = stored
    expect(await (await send()).json()).toEqual({ first: true })
  })
})

describe('callbacks that are refused', () => {
  it('are logged, with what did not arrive and without content', async () => {
    const setup = createServiceWithStubOss()
    const stripped = createCallback('seal=PLANTED-seal')
    stripped.headers.delete('authorization')
    expect((await setup.service.fetch(stripped)).status).toBe(403)
    const lines = setup.lines.filter((line) => line.includes('A callback was refused'))
    expect(lines).toHaveLength(1)
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      level: 'warning',
      code: 'CALLBACK_SIGNATURE',
      message: expect.stringContaining('Headers that did not arrive: authorization.'),
    })
    expect(lines[0]).not.toContain('PLANTED')
  })

  it('are logged ten times a minute at most', async () => {
    const setup = createServiceWithStubOss()
    for (let at = 0; at < 50; at += 1) {
      await setup.service.fetch(createCallback('a=1', { headers: { authorization: 'bm8=' } }))
    }
    expect(setup.lines.filter((line) => line.includes('CALLBACK_SIGNATURE'))).toHaveLength(10)
    setup.clock.advance(60)
    await setup.service.fetch(createCallback('a=1', { headers: { authorization: 'bm8=' } }))
    expect(setup.lines.join()).toContain('and 40 more before')
  })
})

describe('the doctor', () => {
  const secrets = createSecrets(UPCALL_SECRET)

  it('learns what arrived of its request, by a token of the same secret', async () => {
    const { setup, receipts } = await setUp()
    const ask = (token: string) =>
      setup.service.fetch(
        createCallback('probe=1', {
          path: `${CALLBACK_PATH}?a=1`,
          headers: { 'x-upcall-doctor': token },
        }),
      )
    const response = await ask(signDoctorToken(secrets, setup.clock.now()))
    expect(response.status).toBe(200)
    const echo = await response.json()
    expect(echo).toMatchObject({
      bodyBytes: 7,
      bodySha256: sha256Base64Url('probe=1'),
      target: '/callbacks/oss?a=1',
    })
    expect(echo.headers).toContain('x-oss-pub-key-url')
    const others = createSecrets('another secret of more than 32 bytes, worthless')
    const foreign = await ask(signDoctorToken(others, setup.clock.now()))
    expect(foreign.status).toBe(403)
    expect(receipts).toEqual([])
  })

  it('uploads with a callback of its own profile, which makes no receipt', async () => {
    const { setup, stored, receipts } = await setUp()
    const upload = {
      id: 'AAAAAAAAAAAAAAAAAAAAAA',
      issuer: JWT_ISSUER,
      deployment: 'default',
      subject: 'doctor',
      profile: DOCTOR_PROFILE,
      bucket: 'examplebucket',
      key: 'avatars/.upcall-doctor',
      type: 'text/plain',
      name: 'doctor.txt',
      size: 3,
      vars: {},
      method: 'put' as const,
      expiresAt: START.getTime() / 1000 + 60,
    }
    const facts = {
      bucket: upload.bucket,
      object: upload.key,
      etag: ETAG,
      size: '3',
      type: upload.type,
      crc64: '123',
      contentMd5: '',
      name: upload.name,
      seal: buildSeal(upload, secrets),
    }
    const send = () => setup.service.fetch(createCallback(new URLSearchParams(facts)))
    Object.assign(stored, {
      'content-length': '3',
      'content-type': upload.type,
      'x-oss-meta-upcall-id': upload.id,
    })
    const response = await send()
    expect([response.status, await response.json()]).toEqual([200, { doctor: upload.id }])
    stored['x-oss-meta-upcall-id'] = 'another'
    expect(await readProblem(await send())).toBe('409 OBJECT_MISMATCH')
    expect(receipts).toEqual([])
  })
})
