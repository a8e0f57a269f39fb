/**
 * Bearer token → subject. jose verifies; what it verified is remembered for a minute, without keeping the token.
 *
 * @see https://www.rfc-editor.org/rfc/rfc7519
 * @see https://www.rfc-editor.org/rfc/rfc6750
 */
import { createRemoteJWKSet, customFetch, errors, type JWTVerifyGetKey, jwtVerify } from 'jose'
import { toUtf8 } from '../protocol/bytes.ts'
import { sha256Hex } from '../protocol/crypto.ts'
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

function createKeyFinder(options: AuthOptions, fetcher: typeof fetch): JWTVerifyGetKey {
  if ('jwksUrl' in options) {
    return createRemoteJWKSet(new URL(options.jwksUrl), {
      [customFetch]: (input, init) => fetcher(input, init),
    })
  }
  // Imported once: importing costs as much as verifying.
  let key: CryptoKey | undefined
  const algorithm = { name: 'HMAC', hash: 'SHA-256' }
  return async () => {
    key ??= await crypto.subtle.importKey('raw', toUtf8(options.secret), algorithm, false, [
      'verify',
    ])
    return key
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
  const findKey = createKeyFinder(options, deps.fetch)
  const algorithms = 'secret' in options ? ['HS256'] : ASYMMETRIC
  const { issuer, audience } = options
  const kept = new Map<string, Kept>()

  async function verify(token: string, hash: string, now: Date): Promise<string> {
    const rules = {
      algorithms,
      issuer,
      audience,
      clockTolerance: CLOCK_TOLERANCE_SECONDS,
      currentDate: now,
      requiredClaims: ['exp', 'sub'],
    }
    const { payload } = await jwtVerify(token, findKey, rules).catch((cause: unknown) => {
      throw explain(cause)
    })
    const subject = readSubject(payload.sub)
    const until = Math.min(now.getTime() + KEEP_SECONDS * 1000, (payload.exp ?? 0) * 1000)
    if (kept.size >= MAX_KEPT) {
      const [oldest] = kept.keys()
      if (oldest !== undefined) kept.delete(oldest)
    }
    kept.set(hash, { subject, until })
    return subject
  }

  return (authorization) => {
    const token = readToken(authorization)
    const hash = sha256Hex(token)
    const now = deps.now()
    const known = kept.get(hash)
    if (known && now.getTime() < known.until) return known.subject
    kept.delete(hash)
    return verify(token, hash, now)
  }
}
