/** Attacks on who somebody is: the user's token, and the operator's. */
import { SignJWT } from 'jose'
import { toBase64Url } from '../../src/protocol/bytes.ts'
import { createBearer } from '../support/bearer.ts'
import { JWT_AUDIENCE, JWT_ISSUER, JWT_SECRET } from '../support/keys.ts'
import { type Attack, IMAGE, OPERATOR_TOKEN, type Scene } from './attack.ts'

const SECRET = new TextEncoder().encode(JWT_SECRET)

function useHeader(scene: Scene, authorization?: string): Promise<string> {
  return scene.request('/uploads', {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(authorization && { authorization }) },
    body: JSON.stringify(IMAGE),
  })
}

const encode = (value: unknown): string => toBase64Url(JSON.stringify(value))

function buildClaims({ now }: { now: Date }): Record<string, unknown> {
  const seconds = Math.floor(now.getTime() / 1000)
  return { iss: JWT_ISSUER, aud: JWT_AUDIENCE, sub: 'user-42', exp: seconds + 600 }
}

async function sign(
  claims: Record<string, unknown>,
  {
    header = {},
    secret = SECRET,
    alg = 'HS256',
  }: { header?: object; secret?: Uint8Array; alg?: string } = {},
): Promise<string> {
  return new SignJWT(claims).setProtectedHeader({ alg, ...header }).sign(secret)
}

/** A row whose token is made from good claims. */
function withToken(
  id: string,
  tries: string,
  meets: string,
  make: (claims: Record<string, unknown>, scene: Scene) => Promise<string> | string,
): Attack {
  return {
    id,
    who: 'user',
    tries,
    meets,
    run: async (scene) => {
      const claims = buildClaims({ now: scene.clock.now() })
      return useHeader(scene, `Bearer ${await make(claims, scene)}`)
    },
  }
}

const goodParts = async (claims: Record<string, unknown>) => (await sign(claims)).split('.')

const USERS: Attack[] = [
  {
    id: 'token-missing',
    who: 'stranger',
    tries: 'asks for a ticket without a token',
    meets: '401 TOKEN_MISSING',
    run: (scene) => useHeader(scene),
  },
  {
    id: 'token-basic',
    who: 'stranger',
    tries: 'sends a password instead of a token',
    meets: '401 TOKEN_MISSING',
    run: (scene) => useHeader(scene, 'Basic dXNlcjpwYXNz'),
  },
  withToken(
    'token-none',
    'a token with `alg: none` and no signature',
    '401 TOKEN_INVALID',
    (claims) => `${encode({ alg: 'none' })}.${encode(claims)}.`,
  ),
  withToken(
    'token-none-spelt',
    'the same, spelt `nOnE`',
    '401 TOKEN_INVALID',
    (claims) => `${encode({ alg: 'nOnE' })}.${encode(claims)}.`,
  ),
  withToken(
    'token-none-signed',
    '`alg: none` over a good signature',
    '401 TOKEN_INVALID',
    async (claims) => {
      const [, payload, signature] = await goodParts(claims)
      return `${encode({ alg: 'none' })}.${payload}.${signature}`
    },
  ),
  withToken(
    'token-other-secret',
    'a token signed with a secret of their own',
    '401 TOKEN_INVALID',
    (claims) =>
      sign(claims, { secret: new TextEncoder().encode('a secret of somebody else, 32 bytes') }),
  ),
  withToken(
    'token-empty-secret',
    'a token signed with 32 zero bytes',
    '401 TOKEN_INVALID',
    (claims) => sign(claims, { secret: new Uint8Array(32) }),
  ),
  withToken('token-other-alg', 'HS512 where HS256 is set', '401 TOKEN_INVALID', (claims) =>
    sign(claims, { alg: 'HS512' }),
  ),
  withToken(
    'token-changed',
    'another subject under a good signature',
    '401 TOKEN_INVALID',
    async (claims) => {
      const [header, , signature] = await goodParts(claims)
      return `${header}.${encode({ ...claims, sub: 'admin' })}.${signature}`
    },
  ),
  withToken(
    'token-cut',
    'a signature without its last character',
    '401 TOKEN_INVALID',
    async (claims) => (await sign(claims)).slice(0, -1),
  ),
  withToken('token-expired', 'a token after its end', '401 TOKEN_EXPIRED', (claims) =>
    sign({ ...claims, exp: Number(claims.exp) - 700 }),
  ),
  withToken(
    'token-endless',
    'a token without an end',
    '401 TOKEN_INVALID',
    ({ exp: _, ...claims }) => sign(claims),
  ),
  withToken('token-exp-text', 'an end that is a text', '401 TOKEN_INVALID', (claims) =>
    sign({ ...claims, exp: '9999999999' }),
  ),
  withToken('token-early', 'a token before its `nbf`', '401 TOKEN_INVALID', (claims) =>
    sign({ ...claims, nbf: Number(claims.exp) + 3600 }),
  ),
  withToken(
    'token-issuer',
    'a token of another issuer with the same secret',
    '401 TOKEN_INVALID',
    (claims) => sign({ ...claims, iss: 'https://evil.example.com' }),
  ),
  withToken('token-audience', 'a token for another service', '401 TOKEN_INVALID', (claims) =>
    sign({ ...claims, aud: 'billing' }),
  ),
  withToken(
    'token-no-subject',
    'a token without a subject',
    '401 TOKEN_INVALID',
    ({ sub: _, ...claims }) => sign(claims),
  ),
  withToken('token-empty-subject', 'an empty subject', '401 TOKEN_INVALID', (claims) =>
    sign({ ...claims, sub: '' }),
  ),
  withToken('token-subject-list', 'a subject that is a list', '401 TOKEN_INVALID', (claims) =>
    sign({ ...claims, sub: ['user-42', 'admin'] }),
  ),
  withToken(
    'token-crit',
    'a critical extension that nobody here understands',
    '401 TOKEN_INVALID',
    async (claims) => {
      const [, payload, signature] = await goodParts(claims)
      return `${encode({ alg: 'HS256', crit: ['x'], x: 1 })}.${payload}.${signature}`
    },
  ),
  withToken('token-long', 'a token of 20 000 characters', '401 TOKEN_TOO_LONG', (claims) =>
    sign({ ...claims, filler: 'x'.repeat(15_000) }),
  ),
  withToken(
    'token-no-json',
    'a token that is no JSON',
    '401 TOKEN_INVALID',
    () => 'AAAA.AAAA.AAAA',
  ),
  withToken(
    'token-is-session',
    'a session as a token',
    '401 TOKEN_INVALID',
    async (_, scene) => (await scene.orderForm()).session,
  ),
  withToken(
    'token-is-seal',
    'a seal as a token',
    '401 TOKEN_INVALID',
    async (_, scene) => (await scene.orderForm()).fields['x:seal'] ?? '',
  ),
]

function askOperator(scene: Scene, authorization: string | undefined, path = '/operator/dead') {
  return scene.request(path, authorization ? { headers: { authorization } } : {})
}

const OPERATOR: Attack[] = [
  {
    id: 'operator-missing',
    who: 'stranger',
    tries: 'asks for the dead list without a token',
    meets: '401 TOKEN_MISSING',
    run: (scene) => askOperator(scene, undefined),
  },
  {
    id: 'operator-wrong',
    who: 'stranger',
    tries: 'guesses the operator’s token',
    meets: '401 TOKEN_INVALID',
    run: (scene) => askOperator(scene, `Bearer ${OPERATOR_TOKEN.slice(0, -1)}x`),
  },
  {
    id: 'operator-prefix',
    who: 'stranger',
    tries: 'sends the first half of the operator’s token',
    meets: '401 TOKEN_INVALID',
    run: (scene) => askOperator(scene, `Bearer ${OPERATOR_TOKEN.slice(0, 20)}`),
  },
  {
    id: 'operator-user',
    who: 'user',
    tries: 'uses their own token as the operator’s',
    meets: '401 TOKEN_INVALID',
    run: async (scene) =>
      askOperator(scene, `Bearer ${await createBearer({ now: scene.clock.now() })}`),
  },
  {
    id: 'operator-off',
    who: 'stranger',
    tries: 'asks where no operator’s token is set',
    meets: '404 NOT_FOUND',
    settings: { operatorToken: undefined },
    run: (scene) => askOperator(scene, 'Bearer undefined'),
  },
  {
    id: 'operator-replay',
    who: 'stranger',
    tries: 'replays deliveries without a token',
    meets: '401 TOKEN_MISSING',
    run: (scene) =>
      scene.request('/operator/dead/replay', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{"eventId":"x"}',
      }),
  },
]

export const TOKENS: readonly Attack[] = [...USERS, ...OPERATOR]
