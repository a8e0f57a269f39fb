import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import { JWT_AUDIENCE, JWT_ISSUER } from '../support/keys.ts'
import {
  createServiceWithStubOss,
  readProblem,
  type ServiceWithStubOss,
} from '../support/service-with-stub-oss.ts'

const auth = {
  issuer: JWT_ISSUER,
  audience: JWT_AUDIENCE,
  jwksUrl: 'https://login.example.com/keys',
}
const BODY = { profile: 'avatar', name: 'me.png', type: 'image/png', size: 5 }

interface Key {
  privateKey: CryptoKey
  jwk: JWK
}

let first: Key
let second: Key

async function createKey(kid?: string): Promise<Key> {
  const pair = await generateKeyPair('ES256', { extractable: true })
  const jwk = { ...(await exportJWK(pair.publicKey)), alg: 'ES256', use: 'sig' }
  return { privateKey: pair.privateKey, jwk: kid === undefined ? jwk : { ...jwk, kid } }
}

beforeAll(async () => {
  first = await createKey('k1')
  second = await createKey('k2')
})

/** An issuer whose keys a test can exchange, and which it can switch off. */
function createIssuer(keys: JWK[]) {
  const issuer = {
    keys,
    /** Instead of the keys. */
    respond: undefined as (() => Response | Promise<Response>) | undefined,
    async fetch(): Promise<Response> {
      return issuer.respond ? issuer.respond() : Response.json({ keys: issuer.keys })
    },
  }
  const setup = createServiceWithStubOss({ auth }, issuer.fetch)
  return { issuer, setup }
}

let serial = 0

/** A token that nobody has sent before. */
function sign(setup: ServiceWithStubOss, key: Key, kid = key.jwk.kid): Promise<string> {
  serial += 1
  return new SignJWT({ jti: String(serial) })
    .setProtectedHeader({ alg: 'ES256', ...(kid !== undefined && { kid }) })
    .setIssuer(JWT_ISSUER)
    .setAudience(JWT_AUDIENCE)
    .setSubject('user-42')
    .setExpirationTime(Math.floor(setup.clock.now().getTime() / 1000) + 3600)
    .sign(key.privateKey)
}

async function ask(setup: ServiceWithStubOss, token: string): Promise<string> {
  const response = await setup.post('/uploads', BODY, { token })
  if (response.status === 503) expect(response.headers.get('retry-after')).toBe('5')
  return response.status === 201 ? '201' : readProblem(response)
}

describe('the keys of an issuer', () => {
  it('that were withdrawn are noticed within a minute, also for tokens seen before', async () => {
    const { issuer, setup } = createIssuer([first.jwk])
    const token = await sign(setup, first)
    expect(await ask(setup, token)).toBe('201')
    issuer.keys = [second.jwk]
    for (let second = 0; second < 59; second += 7) {
      setup.clock.advance(7)
      await ask(setup, token)
    }
    expect(await ask(setup, token)).toBe('401 TOKEN_INVALID')
    expect(await ask(setup, await sign(setup, first))).toBe('401 TOKEN_INVALID')
  })

  it('that were withdrawn are noticed when nobody came for a while', async () => {
    const { issuer, setup } = createIssuer([first.jwk])
    const token = await sign(setup, first)
    expect(await ask(setup, token)).toBe('201')
    issuer.keys = [second.jwk]
    setup.clock.advance(60)
    expect(await ask(setup, token)).toBe('401 TOKEN_INVALID')
  })

  it('that are new work at once: one fetch', async () => {
    const { issuer, setup } = createIssuer([first.jwk])
    expect(await ask(setup, await sign(setup, first))).toBe('201')
    issuer.keys = [first.jwk, second.jwk]
    expect(await ask(setup, await sign(setup, second))).toBe('201')
    expect(await ask(setup, await sign(setup, second))).toBe('201')
    expect(setup.requests).toHaveLength(2)
  })

  it('that are new and have no name work at once as well', async () => {
    const [old, fresh] = [await createKey(), await createKey()]
    const { issuer, setup } = createIssuer([old.jwk])
    expect(await ask(setup, await sign(setup, old))).toBe('201')
    issuer.keys = [fresh.jwk]
    expect(await ask(setup, await sign(setup, fresh))).toBe('201')
    expect(await ask(setup, await sign(setup, old))).toBe('401 TOKEN_INVALID')
    expect(setup.requests).toHaveLength(2)
  })

  it('that do not exist cause one fetch in five seconds, and a token of such a key stays refused', async () => {
    const { setup } = createIssuer([first.jwk])
    expect(await ask(setup, await sign(setup, first))).toBe('201')
    expect(await ask(setup, await sign(setup, second, 'x'))).toBe('401 TOKEN_INVALID')
    expect(await ask(setup, await sign(setup, second, 'x'))).toBe('401 TOKEN_INVALID')
    expect(await ask(setup, await sign(setup, second, 'y'))).toBe('503 TOKEN_KEYS_UNREACHABLE')
    expect(setup.requests).toHaveLength(2)
    setup.clock.advance(5)
    expect(await ask(setup, await sign(setup, second, 'y'))).toBe('401 TOKEN_INVALID')
    expect(setup.requests).toHaveLength(3)
  })

  it('survive an outage of the issuer for ten minutes, asking it every five seconds at most', async () => {
    const { issuer, setup } = createIssuer([first.jwk])
    expect(await ask(setup, await sign(setup, first))).toBe('201')
    issuer.respond = () => new Response('down', { status: 503 })
    for (let minute = 1; minute <= 10; minute += 1) {
      setup.clock.advance(60)
      expect(await ask(setup, await sign(setup, first))).toBe('201')
      expect(await ask(setup, await sign(setup, first))).toBe('201')
    }
    expect(setup.requests).toHaveLength(11)
    expect(setup.lines.filter((line) => line.includes('TOKEN_KEYS_STALE'))).toHaveLength(10)
    expect(await ask(setup, await sign(setup, second))).toBe('503 TOKEN_KEYS_UNREACHABLE')
    setup.clock.advance(60)
    expect(await ask(setup, await sign(setup, first))).toBe('503 TOKEN_KEYS_UNREACHABLE')
    setup.clock.advance(5)
    issuer.respond = undefined
    expect(await ask(setup, await sign(setup, first))).toBe('201')
  })

  it('are fetched once for a hundred requests at once', async () => {
    const { issuer, setup } = createIssuer([first.jwk])
    issuer.respond = async () => {
      await new Promise((resolve) => setTimeout(resolve, 20))
      return Response.json({ keys: issuer.keys })
    }
    const tokens = await Promise.all(Array.from({ length: 100 }, () => sign(setup, first)))
    const results = await Promise.all(tokens.map((token) => ask(setup, token)))
    expect(new Set(results)).toEqual(new Set(['201']))
    expect(setup.requests).toHaveLength(1)
  })

  it('are not fetched for a token that no key could verify', async () => {
    const { setup } = createIssuer([first.jwk])
    expect(await ask(setup, await setup.bearer())).toBe('401 TOKEN_INVALID')
    expect(await ask(setup, 'a.b.c')).toBe('401 TOKEN_INVALID')
    expect(setup.requests).toHaveLength(0)
  })

  it.each<[string, () => Response]>([
    ['too long', () => new Response(`{"keys":[],"x":"${'x'.repeat(512 * 1024)}"}`)],
    [
      'endless',
      () => new Response(new ReadableStream({ pull: (to) => to.enqueue(new Uint8Array(65_536)) })),
    ],
    ['empty', () => Response.json({ keys: [] })],
    ['no list', () => Response.json({ keys: first.jwk })],
    ['a list of texts', () => Response.json({ keys: ['k1'] })],
    ['too many', () => Response.json({ keys: Array.from({ length: 101 }, () => first.jwk) })],
    ['not JSON', () => new Response('<html>')],
    ['not UTF-8', () => new Response(new Uint8Array([0x7b, 0xff, 0x7d]))],
    ['behind a redirect', () => Response.redirect('https://evil.example.com/keys')],
    ['empty, with status 204', () => new Response(null, { status: 204 })],
  ])('that are %s are not taken', async (_, respond) => {
    const { issuer, setup } = createIssuer([])
    issuer.respond = respond
    expect(await ask(setup, await sign(setup, first))).toBe('503 TOKEN_KEYS_UNREACHABLE')
    expect(await ask(setup, await sign(setup, first))).toBe('503 TOKEN_KEYS_UNREACHABLE')
    expect(setup.requests).toHaveLength(1)
  })
})
