import { exportJWK, generateKeyPair, type JWK, SignJWT, UnsecuredJWT } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import { toBase64Url } from '../../src/protocol/bytes.ts'
import { createHmacKey, hmacSha256Base64Url } from '../../src/protocol/crypto.ts'
import { JWT_AUDIENCE, JWT_ISSUER, JWT_SECRET } from '../support/keys.ts'
import {
  createServiceWithStubOss,
  readProblem,
  type ServiceWithStubOss,
} from '../support/service-with-stub-oss.ts'

const BODY = { profile: 'avatar', name: 'me.png', type: 'image/png', size: 5 }

async function ask(setup: ServiceWithStubOss, token: string | null): Promise<string> {
  const response = await setup.post('/uploads', BODY, { token })
  if (response.status === 401) {
    expect(response.headers.get('www-authenticate')).toMatch(/^Bearer/)
  }
  return response.status === 201 ? '201' : readProblem(response)
}

describe('bearer tokens with a shared secret', () => {
  const setup = createServiceWithStubOss()

  it('that are good are taken, up to half a minute late', async () => {
    expect(await ask(setup, await setup.bearer())).toBe('201')
    expect(await ask(setup, await setup.bearer({ lifeSeconds: -29 }))).toBe('201')
  })

  it.each([
    ['without an end', { lifeSeconds: undefined }, 'TOKEN_INVALID'],
    ['that have expired', { lifeSeconds: -31 }, 'TOKEN_EXPIRED'],
    ['of another issuer', { issuer: 'https://evil.example.com' }, 'TOKEN_INVALID'],
    ['for another audience', { audience: 'billing' }, 'TOKEN_INVALID'],
    ['without a subject', { subject: undefined }, 'TOKEN_INVALID'],
    ['with an empty subject', { subject: '' }, 'TOKEN_INVALID'],
    ['with an endless subject', { subject: 's'.repeat(256) }, 'TOKEN_INVALID'],
    ['with half a character as subject', { subject: 'user-\uD800' }, 'TOKEN_INVALID'],
    [
      'signed with another secret',
      { secret: 'another-secret-of-at-least-32-bytes!!' },
      'TOKEN_INVALID',
    ],
    [
      'signed with another algorithm',
      { alg: 'HS512', secret: JWT_SECRET.padEnd(64, '.') },
      'TOKEN_INVALID',
    ],
  ])('%s are refused', async (_, options, code) => {
    expect(await ask(setup, await setup.bearer(options))).toBe(`401 ${code}`)
  })

  it('that nobody signed are refused: alg none', async () => {
    const { now } = setup.clock
    const unsigned = new UnsecuredJWT({})
      .setIssuer(JWT_ISSUER)
      .setAudience(JWT_AUDIENCE)
      .setSubject('user-42')
      .setExpirationTime(Math.floor(now().getTime() / 1000) + 600)
      .encode()
    expect(await ask(setup, unsigned)).toBe('401 TOKEN_INVALID')
    const [, payload] = unsigned.split('.')
    for (const alg of ['none', 'None', 'nOnE', '']) {
      const header = btoa(JSON.stringify({ alg })).replaceAll('=', '')
      expect(await ask(setup, `${header}.${payload}.`)).toBe('401 TOKEN_INVALID')
    }
  })

  it('signed with the right secret, but under a header that is not plain HS256, are refused', async () => {
    const key = createHmacKey(JWT_SECRET)
    const [, payload] = (await setup.bearer()).split('.')
    const sign = (header: string) => {
      const text = `${toBase64Url(header)}.${payload}`
      return `${text}.${hmacSha256Base64Url(key, text)}`
    }
    expect(await ask(setup, sign('{"alg":"HS256","typ":"JWT"}'))).toBe('201')
    for (const header of [
      '{"alg":"none"}',
      '{"alg":"HS512"}',
      '{"alg":"RS256"}',
      '{"alg":["HS256"]}',
      '{"alg":"HS256","crit":["exp"],"exp":1}',
      '{"alg":"HS256","b64":false,"crit":["b64"]}',
      '{"alg":"HS256","crit":null}',
      '{}',
      '["HS256"]',
      'HS256',
      '',
    ]) {
      expect(await ask(setup, sign(header)), header).toBe('401 TOKEN_INVALID')
    }
  })

  it('signed with the right secret over claims that are none are refused', async () => {
    const key = createHmacKey(JWT_SECRET)
    for (const claims of ['', 'null', '[]', '"sub"', '{"sub":']) {
      const text = `${toBase64Url('{"alg":"HS256"}')}.${toBase64Url(claims)}`
      const token = `${text}.${hmacSha256Base64Url(key, text)}`
      expect(await ask(setup, token), claims).toBe('401 TOKEN_INVALID')
      expect(await ask(setup, `${token}.`), claims).toBe('401 TOKEN_INVALID')
    }
  })

  it('that are missing or shapeless are refused', async () => {
    expect(await ask(setup, null)).toBe('401 TOKEN_MISSING')
    expect(await ask(setup, 'not-a-token')).toBe('401 TOKEN_INVALID')
    expect(await ask(setup, '..')).toBe('401 TOKEN_INVALID')
    expect(await ask(setup, 'a'.repeat(8192))).toBe('401 TOKEN_INVALID')
    expect(await ask(setup, 'a'.repeat(8193))).toBe('401 TOKEN_TOO_LONG')
    for (const authorization of ['Basic dXNlcjpwYXNz', 'Bearer', 'Bearer a b', 'Bearer {}']) {
      const response = await setup.post('/uploads', BODY, {
        token: null,
        headers: { authorization },
      })
      expect(await readProblem(response)).toBe('401 TOKEN_MISSING')
    }
  })

  it('with a single character changed are refused, also when the right one was just seen', async () => {
    const token = await setup.bearer()
    expect(await ask(setup, token)).toBe('201')
    // The very last character of a signature carries unused bits; all others count.
    for (const at of [5, token.indexOf('.') + 5, token.length - 2]) {
      const forged = `${token.slice(0, at)}${token[at] === 'A' ? 'B' : 'A'}${token.slice(at + 1)}`
      expect(await ask(setup, forged)).toBe('401 TOKEN_INVALID')
    }
  })

  it('that were seen are not believed past their end', async () => {
    const own = createServiceWithStubOss()
    const token = await own.bearer({ lifeSeconds: 20 })
    expect(await ask(own, token)).toBe('201')
    own.clock.advance(51)
    expect(await ask(own, token)).toBe('401 TOKEN_EXPIRED')
  })

  it('say whose an upload is, each its own', async () => {
    const keys = new Set<string>()
    for (let at = 0; at < 1100; at += 1) {
      const response = await setup.post('/uploads', BODY, {
        token: await setup.bearer({ subject: `user-${at}` }),
      })
      const { key } = (await response.json()) as { key: string }
      expect(key).toContain(`/user-${at}/`)
      keys.add(key)
    }
    expect(keys.size).toBe(1100)
  })
})

describe('bearer tokens with keys by URL', () => {
  const auth = {
    issuer: JWT_ISSUER,
    audience: JWT_AUDIENCE,
    jwksUrl: 'https://login.example.com/keys',
  }
  let privateKey: CryptoKey
  let jwk: JWK

  beforeAll(async () => {
    const pair = await generateKeyPair('ES256', { extractable: true })
    privateKey = pair.privateKey
    jwk = { ...(await exportJWK(pair.publicKey)), kid: 'k1', alg: 'ES256', use: 'sig' }
  })

  async function sign(setup: ServiceWithStubOss, kid = 'k1'): Promise<string> {
    return new SignJWT({})
      .setProtectedHeader({ alg: 'ES256', kid })
      .setIssuer(JWT_ISSUER)
      .setAudience(JWT_AUDIENCE)
      .setSubject('user-42')
      .setExpirationTime(Math.floor(setup.clock.now().getTime() / 1000) + 600)
      .sign(privateKey)
  }

  it('are verified, and the keys are fetched once', async () => {
    const setup = createServiceWithStubOss({ auth }, () => Response.json({ keys: [jwk] }))
    expect(await ask(setup, await sign(setup))).toBe('201')
    expect(await ask(setup, await sign(setup))).toBe('201')
    expect(setup.requests.map(({ url }) => url)).toEqual(['https://login.example.com/keys'])
  })

  it('of an unknown key, or with a shared secret, are refused', async () => {
    const setup = createServiceWithStubOss({ auth }, () => Response.json({ keys: [jwk] }))
    expect(await ask(setup, await sign(setup, 'k2'))).toBe('401 TOKEN_INVALID')
    expect(await ask(setup, await setup.bearer())).toBe('401 TOKEN_INVALID')
    // The classic: the public key as the secret of an HMAC.
    const confused = await setup.bearer({ secret: JSON.stringify(jwk) })
    expect(await ask(setup, confused)).toBe('401 TOKEN_INVALID')
  })

  it.each([
    ['are not to be had', () => new Response('no', { status: 500 })],
    ['are no JSON', () => new Response('<html>')],
    ['are nothing like keys', () => Response.json({ nokeys: true })],
    [
      'are behind a redirect',
      () => new Response(null, { status: 302, headers: { location: 'https://evil.example.com/' } }),
    ],
    [
      'are unreachable',
      () => {
        throw new TypeError('fetch failed')
      },
    ],
  ])('wait while the keys %s', async (_, respond) => {
    const setup = createServiceWithStubOss({ auth }, respond)
    const token = await sign(setup)
    const response = await setup.post('/uploads', BODY, { token })
    const body = (await response.clone().json()) as { error: { retryable: boolean } }
    expect(await readProblem(response)).toBe('503 TOKEN_KEYS_UNREACHABLE')
    expect(body.error.retryable).toBe(true)
    expect(setup.requests).toHaveLength(1)
  })
})
