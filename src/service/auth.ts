/**
 * Bearer token → subject. jose verifies; what it verified is remembered for a minute, without keeping the token.
 *
 * @see https://www.rfc-editor.org/rfc/rfc7519
 * @see https://www.rfc-editor.org/rfc/rfc6750
 */
import {
  createRemoteJWKSet,
  customFetch,
  decodeProtectedHeader,
  errors,
  type JWTClaimVerificationOptions,
  type JWTPayload,
  jwtVerify,
  type ProtectedHeaderParameters,
  UnsecuredJWT,
} from 'jose'
import { toBase64Url } from '../protocol/bytes.ts'
import {
  createHmacKey,
  equalInConstantTime,
  hmacSha256Base64Url,
  sha256Hex,
} from '../protocol/crypto.ts'
import { remember } from '../protocol/remember.ts'
import { ServiceError } from './errors.ts'

export type AuthOptions = {
  /** `iss` of every token. */
  issuer: string
  /** `aud` of every token, or one of them. */
  audience: string
} & ({ secret: string } | { jwksUrl: string })

export interface AuthDeps {
  now: () => Date
  /** For the JWKS alone. */
  fetch: typeof fetch
}

/** Verifies the header `authorization` and answers the token's `sub`. */
export type Authenticate = (authorization: string | undefined) => string | Promise<string>

const CLOCK_TOLERANCE_SECONDS = 30
const MAX_TOKEN_CHARS = 8192
const MAX_SUBJECT_CHARS = 255
const ASYMMETRIC = ['RS256', 'PS256', 'ES256', 'ES384', 'EdDSA']

/** How long a verified token is believed without another look: a withdrawn key is noticed after this. */
const KEEP_SECONDS = 60
const MAX_KEPT = 1000

interface Kept {
  subject: string
  /** Milliseconds; never later than the token's own end. */
  until: number
}

/** The last to be kept, at least half of `most`: when the young half is full, the old one goes, all at once. */
function createKept(most: number) {
  let [young, old] = [new Map<string, Kept>(), new Map<string, Kept>()]
  return {
    get: (hash: string): Kept | undefined => young.get(hash) ?? old.get(hash),
    set(hash: string, kept: Kept): void {
      if (young.size >= most / 2) [young, old] = [new Map(), young]
      young.set(hash, kept)
    },
  }
}

/** Everything that jose is told to demand of a token's claims. */
type Rules = JWTClaimVerificationOptions

/** Verifies a token and answers its claims; throws jose's errors. */
type Judge = (token: string, rules: Rules) => JWTPayload | Promise<JWTPayload>

function createJwksJudge(jwksUrl: string, fetcher: typeof fetch): Judge {
  const keys = createRemoteJWKSet(new URL(jwksUrl), {
    [customFetch]: (input, init) => fetcher(input, init),
  })
  return async (token, rules) => {
    const { payload } = await jwtVerify(token, keys, { ...rules, algorithms: ASYMMETRIC })
    return payload
  }
}

/** What jose calls an unsecured JWT: how it judges claims whose signature somebody else has verified. */
const UNSECURED_HEADER = toBase64Url('{"alg":"none"}')

function readHeader(header: string): ProtectedHeaderParameters {
  try {
    return decodeProtectedHeader(`${header}..`)
  } catch (cause) {
    throw new errors.JWTInvalid('The header is no JSON object.', { cause })
  }
}

/** Signed by us does not mean made for us: only plain HS256 counts, no extension that must be understood. */
const isPlainHs256 = remember(16, (header) => {
  const { alg, crit, b64 } = readHeader(header)
  return alg === 'HS256' && crit === undefined && b64 === undefined
})

/**
 * HS256: the HMAC is ours, header and claims are jose's to judge. Through Web Crypto, which jose uses, that one HMAC
 * costs Node as much as the whole rest of `POST /uploads`.
 *
 * @see https://www.rfc-editor.org/rfc/rfc7515#section-5.2
 */
function createSecretJudge(secret: string): Judge {
  const key = createHmacKey(secret)
  return (token, rules) => {
    const [header = '', claims = '', signature = '', ...rest] = token.split('.')
    const expected = hmacSha256Base64Url(key, `${header}.${claims}`)
    if (rest.length > 0 || !equalInConstantTime(expected, signature)) {
      throw new errors.JWSSignatureVerificationFailed()
    }
    if (!isPlainHs256(header)) {
      throw new errors.JOSEAlgNotAllowed('Only HS256 without extensions is allowed.')
    }
    return UnsecuredJWT.decode(`${UNSECURED_HEADER}.${claims}.`, rules).payload
  }
}

function explain(cause: unknown): ServiceError {
  if (cause instanceof errors.JWTExpired) {
    return new ServiceError('TOKEN_EXPIRED', 'The bearer token has expired; get a new one.')
  }
  if (cause instanceof errors.JWTClaimValidationFailed) {
    return new ServiceError(
      'TOKEN_INVALID',
      `The bearer token is not meant for this service: its claim ${cause.claim} is missing or wrong.`,
    )
  }
  const isTokensFault =
    cause instanceof errors.JWTInvalid ||
    cause instanceof errors.JWSInvalid ||
    cause instanceof errors.JOSEAlgNotAllowed ||
    cause instanceof errors.JOSENotSupported ||
    cause instanceof errors.JWSSignatureVerificationFailed ||
    cause instanceof errors.JWKSNoMatchingKey ||
    cause instanceof errors.JWKSMultipleMatchingKeys
  if (isTokensFault) {
    return new ServiceError(
      'TOKEN_INVALID',
      'The bearer token is not valid: malformed, or not signed with an algorithm and key of this service.',
    )
  }
  return new ServiceError(
    'TOKEN_KEYS_UNREACHABLE',
    'The keys that verify bearer tokens cannot be had at the moment; try again shortly.',
    { cause },
  )
}

function readToken(authorization: string | undefined): string {
  const token = /^Bearer +([\w.~+/=-]+)$/i.exec(authorization ?? '')?.[1]
  if (token === undefined || token.length > MAX_TOKEN_CHARS) {
    throw new ServiceError(
      'TOKEN_MISSING',
      'This address needs a bearer token: send the header `Authorization: Bearer …`.',
    )
  }
  return token
}

function readSubject(sub: unknown): string {
  const isText = typeof sub === 'string' && sub !== '' && sub.length <= MAX_SUBJECT_CHARS
  // Half a surrogate pair would become U+FFFD in a key, and two users one.
  if (isText && !/\p{Cs}/u.test(sub)) return sub
  throw new ServiceError(
    'TOKEN_INVALID',
    `The bearer token names no user: its claim sub must be a text of 1 to ${MAX_SUBJECT_CHARS} characters.`,
  )
}

/**
 * @returns a function that throws {ServiceError} `TOKEN_MISSING`, `TOKEN_INVALID`, `TOKEN_EXPIRED`,
 *   `TOKEN_KEYS_UNREACHABLE`
 */
export function createAuthenticate(options: AuthOptions, deps: AuthDeps): Authenticate {
  const { issuer, audience } = options
  const judge =
    'secret' in options
      ? createSecretJudge(options.secret)
      : createJwksJudge(options.jwksUrl, deps.fetch)
  const kept = createKept(MAX_KEPT)

  function keep({ sub, exp = 0 }: JWTPayload, hash: string, now: Date): string {
    const subject = readSubject(sub)
    const until = Math.min(now.getTime() + KEEP_SECONDS * 1000, exp * 1000)
    kept.set(hash, { subject, until })
    return subject
  }

  function verify(token: string, hash: string, now: Date): string | Promise<string> {
    const rules = {
      issuer,
      audience,
      clockTolerance: CLOCK_TOLERANCE_SECONDS,
      currentDate: now,
      requiredClaims: ['exp', 'sub'],
    }
    const fail = (cause: unknown): never => {
      throw explain(cause)
    }
    let payload: JWTPayload | Promise<JWTPayload>
    try {
      payload = judge(token, rules)
    } catch (cause) {
      return fail(cause)
    }
    return payload instanceof Promise
      ? payload.catch(fail).then((claims) => keep(claims, hash, now))
      : keep(payload, hash, now)
  }

  return (authorization) => {
    const token = readToken(authorization)
    const hash = sha256Hex(token)
    const now = deps.now()
    const known = kept.get(hash)
    if (known && now.getTime() < known.until) return known.subject
    return verify(token, hash, now)
  }
}
