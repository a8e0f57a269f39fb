/** Bearer tokens of the tests, made by jose: good ones, and bad ones in every way. */
import { SignJWT } from 'jose'
import { JWT_AUDIENCE, JWT_ISSUER, JWT_SECRET } from './keys.ts'

export interface BearerOptions {
  now: Date
  subject?: string | undefined
  issuer?: string
  audience?: string
  lifeSeconds?: number | undefined
  secret?: string
  alg?: string
  /** Besides those of every token. */
  claims?: Record<string, unknown>
}

export function createBearer({
  now,
  issuer = JWT_ISSUER,
  audience = JWT_AUDIENCE,
  secret = JWT_SECRET,
  alg = 'HS256',
  claims = {},
  ...rest
}: BearerOptions): Promise<string> {
  const { subject = 'user-42', lifeSeconds = 600 } = rest
  const seconds = Math.floor(now.getTime() / 1000)
  const token = new SignJWT(claims)
    .setProtectedHeader({ alg })
    .setIssuer(issuer)
    .setAudience(audience)
  if (!('subject' in rest) || rest.subject !== undefined) token.setSubject(subject)
  if (!('lifeSeconds' in rest) || rest.lifeSeconds !== undefined) {
    token.setExpirationTime(seconds + lifeSeconds)
  }
  return token.sign(new TextEncoder().encode(secret))
}
