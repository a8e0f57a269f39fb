import fc from 'fast-check'
import { errors, jwtVerify } from 'jose'
import { describe, expect, it } from 'vitest'
import { fromBase64Url, toBase64Url, toUtf8 } from '../../src/protocol/bytes.ts'
import { createHmacKey, hmacSha256Base64Url } from '../../src/protocol/crypto.ts'
import { TokenRefused, type TokenRules, verifyHs256 } from '../../src/service/jwt-hs256.ts'

const SECRET = 'a secret of the tests with more than 32 bytes'
const KEY = createHmacKey(SECRET)
const NOW = new Date('2030-01-02T03:04:05.678Z')
const SECONDS = Math.floor(NOW.getTime() / 1000)
const RULES: TokenRules = {
  issuer: 'joe',
  audience: 'uploads',
  clockToleranceSeconds: 30,
  now: NOW,
}

function sign(header: unknown, claims: unknown, key = KEY): string {
  const part = (value: unknown) =>
    toBase64Url(typeof value === 'string' ? value : JSON.stringify(value))
  const text = `${part(header)}.${part(claims)}`
  return `${text}.${hmacSha256Base64Url(key, text)}`
}

const HS256 = { alg: 'HS256' }
const GOOD = { iss: 'joe', aud: 'uploads', sub: 'user-42', exp: SECONDS + 60 }

function readFault(token: string, rules = RULES, key = KEY): string {
  try {
    verifyHs256(token, [key], rules)
    return 'good'
  } catch (error) {
    if (!(error instanceof TokenRefused)) throw error
    return error.message
  }
}

describe('the example of RFC 7515, appendix A.1', () => {
  const token =
    'eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk'
  const key = createHmacKey(
    fromBase64Url(
      'AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow',
    ),
  )

  it('has a good signature; its claims name no audience', () => {
    expect(readFault(token, RULES, key)).toBe('claim aud')
    expect(readFault(token, { ...RULES, issuer: 'jim' }, key)).toBe('claim iss')
    expect(readFault(`${token.slice(0, -1)}l`, RULES, key)).toBe('signature')
    expect(readFault(token)).toBe('signature')
  })
})

describe('several secrets', () => {
  it('verify each, and no other does', () => {
    const other = createHmacKey('another-secret-of-at-least-32-bytes!')
    const token = sign(HS256, GOOD)
    expect(verifyHs256(token, [other, KEY], RULES).sub).toBe('user-42')
    expect(verifyHs256(token, [KEY, other], RULES).sub).toBe('user-42')
    expect(() => verifyHs256(token, [other], RULES)).toThrow(TokenRefused)
    expect(() => verifyHs256(token, [], RULES)).toThrow(TokenRefused)
  })
})

describe('a token with a shared secret', () => {
  it('gives all its claims when it is good', () => {
    expect(verifyHs256(sign(HS256, { ...GOOD, role: 'admin' }), [KEY], RULES)).toEqual({
      ...GOOD,
      role: 'admin',
    })
    expect(readFault(sign({ typ: 'JWT', alg: 'HS256', kid: '1' }, GOOD))).toBe('good')
    expect(readFault(sign(HS256, { ...GOOD, aud: ['billing', 'uploads'] }))).toBe('good')
  })

  it.each([
    [{ ...GOOD, iss: undefined }, 'claim iss'],
    [{ ...GOOD, iss: ['joe'] }, 'claim iss'],
    [{ ...GOOD, aud: 'billing' }, 'claim aud'],
    [{ ...GOOD, aud: [] }, 'claim aud'],
    [{ ...GOOD, aud: { 0: 'uploads' } }, 'claim aud'],
    [{ ...GOOD, sub: 42 }, 'claim sub'],
    [{ ...GOOD, exp: undefined }, 'claim exp'],
    [{ ...GOOD, exp: String(SECONDS + 60) }, 'claim exp'],
    [{ ...GOOD, nbf: SECONDS + 31 }, 'claim nbf'],
    [{ ...GOOD, nbf: 'now' }, 'claim nbf'],
    [{ ...GOOD, iat: 'now' }, 'claim iat'],
    [{ ...GOOD, exp: SECONDS - 30 }, 'expired'],
    [{ ...GOOD, exp: SECONDS - 29, nbf: SECONDS + 30, iat: SECONDS + 99 }, 'good'],
  ])('with %j is %s', (claims, fault) => {
    expect(readFault(sign(HS256, claims))).toBe(fault)
  })

  it.each([
    [{ alg: 'none' }, 'algorithm'],
    [{ alg: 'hs256' }, 'algorithm'],
    [{ alg: 'HS256', crit: ['exp'] }, 'algorithm'],
    [{ alg: 'HS256', b64: false }, 'algorithm'],
    [[], 'malformed'],
    ['{"alg":"HS256"', 'malformed'],
  ])('under the header %j is refused: %s', (header, fault) => {
    expect(readFault(sign(header, GOOD))).toBe(fault)
  })

  it.each(['', '.', '..', '...', 'a', 'a.b', 'a.b.c', 'a.b.c.d'])('%j is none', (token) => {
    expect(readFault(token)).toBe('signature')
  })

  it('with a fourth part, or without its signature, is refused', () => {
    const token = sign(HS256, GOOD)
    expect(readFault(`${token}.`)).toBe('signature')
    expect(readFault(token.slice(0, token.lastIndexOf('.') + 1))).toBe('signature')
  })

  it('is taken and refused exactly as jose does', async () => {
    const mostly = <T>(good: T, bad: fc.Arbitrary<unknown>) =>
      fc.oneof({ weight: 4, arbitrary: fc.constant<unknown>(good) }, { weight: 1, arbitrary: bad })
    const odd = fc.oneof(
      fc.constant(undefined),
      fc.string({ maxLength: 5 }),
      fc.integer(),
      fc.constant(null),
      fc.array(fc.string({ maxLength: 3 }), { maxLength: 2 }),
    )
    const time = fc.integer({ min: SECONDS - 90, max: SECONDS + 90 })
    const claims = fc.record({
      iss: mostly('joe', odd),
      aud: mostly('uploads', fc.oneof(odd, fc.constant(['x', 'uploads']))),
      // jose takes a `sub` of any type; this service takes text only, as the tests above show.
      sub: mostly('user', fc.oneof(fc.constant(undefined), fc.string({ maxLength: 5 }))),
      exp: fc.oneof({ weight: 6, arbitrary: time }, { weight: 1, arbitrary: odd }),
      nbf: fc.oneof(fc.constant(undefined), time, odd),
      iat: fc.oneof(fc.constant(undefined), time, odd),
    })
    const header = fc.oneof(
      { weight: 6, arbitrary: fc.constant<object>(HS256) },
      { weight: 1, arbitrary: fc.constantFrom<object>({ alg: 'HS512' }, { alg: 'none' }, {}) },
    )
    await fc.assert(
      fc.asyncProperty(header, claims, async (head, body) => {
        const token = sign(head, body)
        const reference = await jwtVerify(token, toUtf8(SECRET), {
          algorithms: ['HS256'],
          issuer: 'joe',
          audience: 'uploads',
          clockTolerance: 30,
          currentDate: NOW,
          requiredClaims: ['exp', 'sub'],
        }).then(
          () => 'good',
          (error: unknown) => (error instanceof errors.JWTExpired ? 'expired' : 'refused'),
        )
        const ours = readFault(token)
        expect(ours === 'good' || ours === 'expired' ? ours : 'refused').toBe(reference)
      }),
      { numRuns: 500 },
    )
  })
})
