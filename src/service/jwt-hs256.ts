/**
 * Tokens with a shared secret, HS256 only: signature first, then header, then claims. The HMAC goes through
 * `node:crypto`: through Web Crypto, which jose uses, it costs Node as much as the rest of `POST /uploads`
 * (`npm run bench`, row "fresh token").
 *
 * @see https://www.rfc-editor.org/rfc/rfc7515#section-5.2
 * @see https://www.rfc-editor.org/rfc/rfc7519#section-7.2
 */
import { fromBase64Url } from '../protocol/bytes.ts'
import { memoize } from '../protocol/cache.ts'
import { equalInConstantTime, type HmacKey, hmacSha256Base64Url } from '../protocol/crypto.ts'

/** `malformed`: no JWT. `signature`: another key or changed text. `algorithm`: not plain HS256. */
export type TokenFault = 'malformed' | 'signature' | 'algorithm' | 'expired' | 'claim'

export class TokenRefused extends Error {
  override readonly name = 'TokenRefused'
  readonly fault: TokenFault
  /** The claim at fault, with `claim`. */
  readonly claim: string | undefined

  constructor(fault: TokenFault, claim?: string) {
    super(claim === undefined ? fault : `${fault} ${claim}`)
    this.fault = fault
    this.claim = claim
  }
}

/** What every token must say. */
export interface TokenRules {
  issuer: string
  audience: string
  clockToleranceSeconds: number
  now: Date
}

/** Claims that were verified. */
export interface TokenClaims {
  [name: string]: unknown
  sub: string
  /** Unix seconds. */
  exp: number
}

const decoder = new TextDecoder('utf-8', { fatal: true })

/** @throws {TokenRefused} `malformed` for anything but a JSON object */
export function parseClaims(bytes: Uint8Array): Record<string, unknown> {
  let value: unknown
  try {
    value = JSON.parse(decoder.decode(bytes))
  } catch {
    throw new TokenRefused('malformed')
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new TokenRefused('malformed')
  }
  return value as Record<string, unknown>
}

/** @throws {TokenRefused} `malformed` for anything but the JSON object of a JWS part */
function parsePart(part: string): Record<string, unknown> {
  let bytes: Uint8Array
  try {
    bytes = fromBase64Url(part)
  } catch {
    throw new TokenRefused('malformed')
  }
  return parseClaims(bytes)
}

/** An extension that must be understood (`crit`, `b64`) is none of ours. Issuers use one header for all tokens. */
const isPlainHs256 = memoize(
  (header: string): boolean => {
    const { alg, crit, b64 } = parsePart(header)
    return alg === 'HS256' && crit === undefined && b64 === undefined
  },
  { maxEntries: 16 },
)

function readTime(claims: Record<string, unknown>, name: string): number | undefined {
  const value = claims[name]
  if (value === undefined) return undefined
  if (typeof value !== 'number' || !Number.isFinite(value)) throw new TokenRefused('claim', name)
  return value
}

/**
 * The claims of RFC 7519 section 4.1 that this service demands: `iss`, `aud`, `sub`, `exp`; `nbf` and `iat` when they
 * are there.
 *
 * @throws {TokenRefused} `claim`, `expired`
 */
export function checkClaims(claims: Record<string, unknown>, rules: TokenRules): TokenClaims {
  const { iss, aud, sub } = claims
  if (iss !== rules.issuer) throw new TokenRefused('claim', 'iss')
  const audiences: unknown[] = Array.isArray(aud) ? aud : [aud]
  if (!audiences.includes(rules.audience)) throw new TokenRefused('claim', 'aud')
  if (typeof sub !== 'string') throw new TokenRefused('claim', 'sub')
  const nowSeconds = Math.floor(rules.now.getTime() / 1000)
  readTime(claims, 'iat')
  const notBefore = readTime(claims, 'nbf')
  if (notBefore !== undefined && notBefore > nowSeconds + rules.clockToleranceSeconds) {
    throw new TokenRefused('claim', 'nbf')
  }
  const exp = readTime(claims, 'exp')
  if (exp === undefined) throw new TokenRefused('claim', 'exp')
  if (exp <= nowSeconds - rules.clockToleranceSeconds) throw new TokenRefused('expired')
  return { ...claims, sub, exp }
}

/**
 * @param keys each verifies
 * @throws {TokenRefused}
 */
export function verifyHs256(
  token: string,
  keys: readonly HmacKey[],
  rules: TokenRules,
): TokenClaims {
  const [header = '', claims = '', signature = '', ...rest] = token.split('.')
  const text = `${header}.${claims}`
  const isSigned = keys.some((key) =>
    equalInConstantTime(hmacSha256Base64Url(key, text), signature),
  )
  if (rest.length > 0 || !isSigned) {
    throw new TokenRefused('signature')
  }
  if (!isPlainHs256(header)) throw new TokenRefused('algorithm')
  return checkClaims(parsePart(claims), rules)
}
