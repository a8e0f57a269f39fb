/**
 * The bearer token of a request → its subject and claims. The signature of a token with a shared secret is verified in
 * jwt-hs256.ts, all others by jose with the keys of a JWKS; the claims of both by `checkClaims`.
 * Over 200 lines: the limits of a token and every way to refuse one stand together.
 *
 * @see https://www.rfc-editor.org/rfc/rfc7519
 * @see https://www.rfc-editor.org/rfc/rfc6750
 */
import { compactVerify, decodeProtectedHeader, errors } from 'jose'
import { createHmacKey, sha256Hex } from '../protocol/crypto.ts'
import type { Identity } from '../signer/claims.ts'
import { ServiceError } from './errors.ts'
import { createJwks } from './jwks.ts'
import {
  checkClaims,
  parseClaims,
  type TokenClaims,
  TokenRefused,
  type TokenRules,
  verifyHs256,
} from './jwt-hs256.ts'
import { createTokenCache } from './token-cache.ts'

export type AuthOptions = {
  /** `iss` of every token. */
  issuer: string
  /** `aud` of every token, or one of them. */
  audience: string
} & (
  | {
      /** One, or several while it is replaced: each verifies. */
      secret: string | readonly string[]
    }
  | {
      /** Where the issuer publishes its public keys. */
      jwksUrl: string
      /** How long the last keys are used when the issuer cannot be reached. @default 600 (10 min) */
      jwksStaleSeconds?: number | undefined
    }
)

export interface AuthDeps {
  now: () => Date
  /** For the JWKS alone. */
  fetch: typeof fetch
  /** Keys were used that are older than a minute, because the issuer cannot be reached. */
  onStaleKeys?: ((cause: unknown) => void) | undefined
}

/** The user that a request comes from. Throws {ServiceError} when there is none. */
export type Authenticate = (request: Request) => Identity | Promise<Identity>

const CLOCK_TOLERANCE_SECONDS = 30
const MAX_TOKEN_CHARS = 8192
export const MAX_SUBJECT_CHARS = 255
const ASYMMETRIC_ALGORITHMS = ['RS256', 'PS256', 'ES256', 'ES384', 'EdDSA']

/** Verified tokens that are not verified again for a minute. */
const MAX_CACHED_TOKENS = 1000
const MAX_CACHED_SECONDS = 60

interface Verified {
  claims: TokenClaims
  /** Ms since 1970: then it is verified again. */
  believedUntilMs: number
}

type VerifyToken = (token: string, rules: TokenRules) => Verified | Promise<Verified>

function createHs256Verifier(secret: string | readonly string[]): VerifyToken {
  const keys = [secret].flat().map(createHmacKey)
  return (token, rules) => ({
    claims: verifyHs256(token, keys, rules),
    believedUntilMs: Number.POSITIVE_INFINITY,
  })
}

function createJwksVerifier(
  { jwksUrl, jwksStaleSeconds }: { jwksUrl: string; jwksStaleSeconds?: number | undefined },
  { fetch: fetcher, onStaleKeys }: AuthDeps,
): VerifyToken {
  const jwks = createJwks({
    url: jwksUrl,
    fetch: fetcher,
    staleSeconds: jwksStaleSeconds,
    onStale: onStaleKeys,
  })
  return async (token, rules) => {
    const { alg, kid } = readHeader(token)
    // Before the keys are asked for: anyone can send such tokens.
    if (!ASYMMETRIC_ALGORITHMS.includes(alg)) throw new TokenRefused('algorithm')
    return jwks.use(rules.now, kid, async ({ getKey, believedUntilMs }) => {
      const { payload, protectedHeader } = await compactVerify(token, getKey, {
        algorithms: ASYMMETRIC_ALGORITHMS,
      })
      // RFC 7797, section 7: a JWT is never signed over a payload without Base64.
      if (protectedHeader.b64 === false) throw new TokenRefused('malformed')
      return { claims: checkClaims(parseClaims(payload), rules), believedUntilMs }
    })
  }
}

/** @throws {TokenRefused} `malformed` */
function readHeader(token: string): { alg: string; kid: string } {
  try {
    const { alg = '', kid = '' } = decodeProtectedHeader(token)
    return { alg, kid }
  } catch {
    throw new TokenRefused('malformed')
  }
}

const EXPIRED = 'The bearer token has expired; get a new one.'
const MALFORMED =
  'The bearer token is not valid: malformed, or not signed with an algorithm and key of this service.'

function refuseClaim(claim: string | undefined): ServiceError {
  return new ServiceError(
    'TOKEN_INVALID',
    `The bearer token is not meant for this service: its claim ${claim} is missing or wrong.`,
  )
}

/** jose's errors that blame the token; all others mean that the keys could not be had. */
const TOKEN_ERRORS = [
  errors.JWSInvalid,
  errors.JOSEAlgNotAllowed,
  errors.JOSENotSupported,
  errors.JWSSignatureVerificationFailed,
  errors.JWKSNoMatchingKey,
  errors.JWKSMultipleMatchingKeys,
]

function toServiceError(cause: unknown): ServiceError {
  if (cause instanceof ServiceError) return cause
  if (cause instanceof TokenRefused) {
    if (cause.fault === 'expired') return new ServiceError('TOKEN_EXPIRED', EXPIRED)
    if (cause.fault === 'claim') return refuseClaim(cause.claim)
    return new ServiceError('TOKEN_INVALID', MALFORMED)
  }
  if (TOKEN_ERRORS.some((type) => cause instanceof type)) {
    return new ServiceError('TOKEN_INVALID', MALFORMED)
  }
  return new ServiceError(
    'TOKEN_KEYS_UNREACHABLE',
    'The keys that verify bearer tokens cannot be had at the moment; try again shortly.',
    { cause },
  )
}

function readToken(authorization: string | null): string {
  const token = /^Bearer +([\w.~+/=-]+)$/i.exec(authorization ?? '')?.[1]
  if (token !== undefined && token.length > MAX_TOKEN_CHARS) {
    throw new ServiceError(
      'TOKEN_TOO_LONG',
      `The bearer token has ${token.length} characters; this service takes at most ${MAX_TOKEN_CHARS}. Leave claims out that no upload needs.`,
    )
  }
  if (token === undefined) {
    throw new ServiceError(
      'TOKEN_MISSING',
      'This address needs a bearer token: send the header `Authorization: Bearer …`.',
    )
  }
  return token
}

/** Half of a surrogate pair would become U+FFFD in a key, and two users one. */
export function isSubject(subject: unknown): subject is string {
  const isText = typeof subject === 'string' && subject !== ''
  return isText && subject.length <= MAX_SUBJECT_CHARS && !/\p{Cs}/u.test(subject)
}

function checkSubject(subject: string): string {
  if (isSubject(subject)) return subject
  throw new ServiceError(
    'TOKEN_INVALID',
    `The bearer token names no user: its claim sub must be a text of 1 to ${MAX_SUBJECT_CHARS} characters.`,
  )
}

/**
 * @returns a function that throws {ServiceError} `TOKEN_MISSING`, `TOKEN_TOO_LONG`, `TOKEN_INVALID`, `TOKEN_EXPIRED`,
 *   `TOKEN_KEYS_UNREACHABLE`; it returns a promise only when it must wait
 */
export function createAuthenticate(options: AuthOptions, deps: AuthDeps): Authenticate {
  const { issuer, audience } = options
  const verify =
    'secret' in options ? createHs256Verifier(options.secret) : createJwksVerifier(options, deps)
  const cache = createTokenCache<Identity>({
    maxEntries: MAX_CACHED_TOKENS,
    maxSeconds: MAX_CACHED_SECONDS,
  })

  function accept({ claims, believedUntilMs }: Verified, hash: string, now: Date): Identity {
    const identity = { subject: checkSubject(claims.sub), claims }
    cache.set(hash, identity, Math.min(claims.exp, believedUntilMs / 1000), now)
    return identity
  }

  function fail(cause: unknown): never {
    throw toServiceError(cause)
  }

  function verifyFresh(token: string, hash: string, now: Date): Identity | Promise<Identity> {
    const rules = { issuer, audience, clockToleranceSeconds: CLOCK_TOLERANCE_SECONDS, now }
    let verified: Verified | Promise<Verified>
    try {
      verified = verify(token, rules)
    } catch (cause) {
      return fail(cause)
    }
    return verified instanceof Promise
      ? verified.catch(fail).then((later) => accept(later, hash, now))
      : accept(verified, hash, now)
  }

  return (request) => {
    const token = readToken(request.headers.get('authorization'))
    const hash = sha256Hex(token)
    const now = deps.now()
    return cache.get(hash, now) ?? verifyFresh(token, hash, now)
  }
}
