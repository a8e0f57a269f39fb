/** Attacks by tokens where the issuer's keys are public (JWKS), and by tokens that a shared secret signed oddly. */
import { SignJWT } from 'jose'
import { toBase64Url } from '../../src/protocol/bytes.ts'
import { createHmacKey, hmacSha256Base64Url } from '../../src/protocol/crypto.ts'
import { createBearer } from '../support/bearer.ts'
import { JWT_AUDIENCE, JWT_ISSUER, JWT_SECRET } from '../support/keys.ts'
import { type Attack, createScene, IMAGE, type Scene } from './attack.ts'

const JWKS_URL = 'https://login.example.com/jwks.json'

/** Worthless: made for this file. */
const ISSUER_KEY = {
  kty: 'EC',
  crv: 'P-256',
  x: 'I8r0XM5c7WcCrID8Q8c9-ZVDOWTThS6SiiMH2qC5e5g',
  y: 'Uxgdnwxa6QOQN-BVeCj5JIvQB-l7icWGPeDo23KXy7I',
  d: '1xIbnw-nBH5b5XRHQjLgw4UxFIfQkNQdJs0EdQNEJmc',
}
const OWN_KEY = {
  kty: 'EC',
  crv: 'P-256',
  x: 'iCLmSaQOM-yvaBWo73nAdG3w6-KHrMDhKLio6Bg1efk',
  y: 'r_RpxoHyCwZxPTL9pXPKQjVBwvB_XbOS4kbffUdaFdo',
  d: 'yTirEeyUGKR1Ix3d2Na6vSEAfYa1raZkrVCetJr9MqM',
}

function toPublic({ d: _, ...key }: typeof ISSUER_KEY, kid: string) {
  return { ...key, kid, alg: 'ES256', use: 'sig' }
}
const PUBLISHED = toPublic(ISSUER_KEY, 'k1')

type Claims = Record<string, unknown>

function buildClaims({ clock }: Scene): Claims {
  const seconds = Math.floor(clock.now().getTime() / 1000)
  return { iss: JWT_ISSUER, aud: JWT_AUDIENCE, sub: 'user-42', exp: seconds + 600 }
}

function signOdd(header: object, claims: Claims | string, secret = JWT_SECRET): string {
  const text = [header, claims]
    .map((part) => toBase64Url(typeof part === 'string' ? part : JSON.stringify(part)))
    .join('.')
  return `${text}.${hmacSha256Base64Url(createHmacKey(secret), text)}`
}

const signEs256 = (claims: Claims, key: typeof ISSUER_KEY, header: object): Promise<string> =>
  new SignJWT(claims).setProtectedHeader({ alg: 'ES256', ...header }).sign(key)

function ask(scene: Scene, authorization: string | undefined, query = ''): Promise<string> {
  return scene.request(`/uploads${query}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(authorization && { authorization }) },
    body: JSON.stringify(IMAGE),
  })
}

interface PublicKeys {
  /** A service that verifies by JWKS; it can reach nothing but the JWKS. */
  scene: Scene
  /** What is published, for the attack to change. */
  keys: object[]
  askedFor: string[]
}

function createPublicKeys(respond?: () => Response): PublicKeys {
  const keys: object[] = [PUBLISHED]
  const askedFor: string[] = []
  const scene = createScene({
    auth: { jwksUrl: JWKS_URL, issuer: JWT_ISSUER, audience: JWT_AUDIENCE },
    fetch: async (input, init) => {
      askedFor.push(new Request(input, init).url)
      return respond?.() ?? Response.json({ keys })
    },
  })
  return { scene, keys, askedFor }
}

/** A row for a service with public keys. No address but that of the JWKS may be asked. */
function withKeys(
  id: string,
  tries: string,
  meets: string,
  run: (made: PublicKeys, claims: Claims) => Promise<string>,
  respond?: () => Response,
): Attack {
  return {
    id,
    who: 'user',
    tries,
    meets,
    async run(outer) {
      const made = createPublicKeys(respond)
      const met = await run(made, buildClaims(made.scene))
      // What it sends and logs is searched with the rest.
      outer.texts.push(...made.scene.texts)
      outer.lines.push(...made.scene.lines)
      const foreign = made.askedFor.filter((url) => url !== JWKS_URL)
      return foreign.length > 0 ? `asked ${foreign.length} foreign addresses` : met
    },
  }
}

function withSecret(
  id: string,
  tries: string,
  meets: string,
  run: (scene: Scene, claims: Claims) => Promise<string>,
): Attack {
  return { id, who: 'user', tries, meets, run: (scene) => run(scene, buildClaims(scene)) }
}

const refused = '401 TOKEN_INVALID'

const PUBLIC: Attack[] = [
  withKeys('jwks-hs256', 'HS256 with the public key as its secret', refused, ({ scene }, claims) =>
    ask(scene, `Bearer ${signOdd({ alg: 'HS256', kid: 'k1' }, claims, JSON.stringify(PUBLISHED))}`),
  ),
  withKeys('jwks-none', '`alg: none` where keys are public', refused, ({ scene }, claims) =>
    ask(scene, `Bearer ${signOdd({ alg: 'none', kid: 'k1' }, claims).replace(/[^.]*$/, '')}`),
  ),
  withKeys(
    'jwks-own-key',
    'a key of their own under the name of the issuer’s',
    refused,
    async ({ scene }, claims) =>
      ask(scene, `Bearer ${await signEs256(claims, OWN_KEY, { kid: 'k1' })}`),
  ),
  withKeys(
    'jwks-embedded',
    'a key of their own inside the token',
    refused,
    async ({ scene }, claims) =>
      ask(
        scene,
        `Bearer ${await signEs256(claims, OWN_KEY, { jwk: toPublic(OWN_KEY, 'k1'), kid: 'k1' })}`,
      ),
  ),
  withKeys(
    'jwks-address',
    'an address of keys of their own (`jku`, `x5u`)',
    refused,
    async ({ scene }, claims) => {
      const jku = 'https://evil.example.com/jwks.json'
      return ask(
        scene,
        `Bearer ${await signEs256(claims, OWN_KEY, { jku, x5u: jku, kid: 'mine' })}`,
      )
    },
  ),
  withKeys('jwks-kid-path', 'a `kid` that is a path', refused, async ({ scene }, claims) =>
    ask(scene, `Bearer ${await signEs256(claims, OWN_KEY, { kid: '../../../dev/null' })}`),
  ),
  withKeys('jwks-kid-proto', 'a `kid` named `__proto__`', refused, async ({ scene }, claims) =>
    ask(scene, `Bearer ${await signEs256(claims, OWN_KEY, { kid: '__proto__' })}`),
  ),
  withKeys(
    'jwks-withdrawn',
    'a token of a key that was withdrawn a minute ago',
    refused,
    async ({ scene, keys }, claims) => {
      const authorization = `Bearer ${await signEs256(claims, ISSUER_KEY, { kid: 'k1' })}`
      const before = await ask(scene, authorization)
      if (before !== '201') return `the good token met ${before}`
      keys.splice(0, 1, toPublic(OWN_KEY, 'k2'))
      scene.clock.advance(61)
      return ask(scene, authorization)
    },
  ),
  withKeys(
    'jwks-redirect',
    'an address of keys that leads on into the operator’s network',
    '503 TOKEN_KEYS_UNREACHABLE',
    async ({ scene }, claims) =>
      ask(scene, `Bearer ${await signEs256(claims, OWN_KEY, { kid: 'k1' })}`),
    () => new Response(null, { status: 302, headers: { location: 'http://169.254.169.254/' } }),
  ),
  withKeys(
    'jwks-huge',
    'keys of 600 KB',
    '503 TOKEN_KEYS_UNREACHABLE',
    async ({ scene }, claims) =>
      ask(scene, `Bearer ${await signEs256(claims, OWN_KEY, { kid: 'k1' })}`),
    () => Response.json({ keys: [PUBLISHED], filler: 'x'.repeat(600_000) }),
  ),
]

const ODD: Attack[] = [
  withSecret('token-crit-signed', 'a critical extension, well signed', refused, (scene, claims) =>
    ask(scene, `Bearer ${signOdd({ alg: 'HS256', crit: ['x'], x: 1 }, claims)}`),
  ),
  withSecret('token-b64', '`b64: false`, well signed', refused, (scene, claims) =>
    ask(scene, `Bearer ${signOdd({ alg: 'HS256', b64: false }, claims)}`),
  ),
  withSecret('token-nested', 'a token inside a token', refused, (scene, claims) =>
    ask(
      scene,
      `Bearer ${signOdd({ alg: 'HS256', cty: 'JWT' }, signOdd({ alg: 'HS256' }, claims))}`,
    ),
  ),
  withSecret('token-asymmetric', 'ES256 where a secret is shared', refused, async (scene, claims) =>
    ask(scene, `Bearer ${await signEs256(claims, OWN_KEY, { kid: 'k1' })}`),
  ),
  withSecret('token-five-parts', 'a token of five parts', refused, (scene, claims) =>
    ask(scene, `Bearer ${signOdd({ alg: 'HS256' }, claims)}.AAAA.AAAA`),
  ),
  withSecret('token-padded', 'a good signature, spelt with padding', refused, (scene, claims) =>
    ask(scene, `Bearer ${signOdd({ alg: 'HS256' }, claims)}=`),
  ),
  withSecret(
    'token-claim-twice',
    'a claim added a second time after signing',
    refused,
    (scene, claims) => {
      const [header, , signature] = signOdd({ alg: 'HS256' }, claims).split('.')
      const twice = `${JSON.stringify(claims).slice(0, -1)},"sub":"admin"}`
      return ask(scene, `Bearer ${header}.${toBase64Url(twice)}.${signature}`)
    },
  ),
  withSecret(
    'token-surrogate',
    'a subject with half of a surrogate pair',
    refused,
    (scene, claims) =>
      ask(
        scene,
        `Bearer ${signOdd(
          { alg: 'HS256' },
          JSON.stringify({ ...claims, sub: '?' }).replace('?', '\\ud800'),
        )}`,
      ),
  ),
  withSecret('token-8193', 'a token of 8 193 characters', '401 TOKEN_TOO_LONG', (scene, claims) =>
    ask(scene, `Bearer ${signOdd({ alg: 'HS256' }, claims).padEnd(8193, 'A')}`),
  ),
  withSecret('token-two', 'two tokens in one header', '401 TOKEN_MISSING', (scene, claims) => {
    const token = signOdd({ alg: 'HS256' }, claims)
    return ask(scene, `Bearer ${token}, Bearer ${token}`)
  }),
  withSecret('token-in-query', 'a token in the URL', '401 TOKEN_MISSING', (scene, claims) =>
    ask(scene, undefined, `?access_token=${signOdd({ alg: 'HS256' }, claims)}`),
  ),
  withSecret(
    'token-used-on',
    'a token that was good a moment ago',
    '401 TOKEN_EXPIRED',
    async (scene) => {
      const authorization = `Bearer ${await createBearer({ now: scene.clock.now(), lifeSeconds: 20 })}`
      const before = await ask(scene, authorization)
      if (before !== '201') return `the good token met ${before}`
      scene.clock.advance(51)
      return ask(scene, authorization)
    },
  ),
]

export const ISSUERS: readonly Attack[] = [...PUBLIC, ...ODD]
