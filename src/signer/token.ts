/**
 * Compact JWS (HS256) with a fixed header: the form of sessions and seals.
 *
 * @see https://www.rfc-editor.org/rfc/rfc7515#section-3.1
 */
import { fromBase64Url, fromUtf8, toBase64Url } from '../protocol/bytes.ts'
import {
  createHmacKey,
  equalInConstantTime,
  type HmacKey,
  hmacSha256Base64Url,
} from '../protocol/crypto.ts'

/** The first signs, all verify: so a secret can be replaced while uploads are on their way. */
export type Secrets = readonly [HmacKey, ...HmacKey[]]

/** @throws {TypeError} when there is no secret, or an empty one */
export function createSecrets(given: string | readonly (string | HmacKey)[]): Secrets {
  const [first, ...others] = (typeof given === 'string' ? [given] : given).map((secret) => {
    if (!secret) throw new TypeError('A secret must not be empty.')
    return typeof secret === 'string' ? createHmacKey(secret) : secret
  })
  if (!first) throw new TypeError('At least one secret is needed.')
  return [first, ...others]
}

/** Characters. A session with the longest name, key and variables has about 12 000. */
const MAX_TOKEN_CHARS = 32_768

export interface TokenFormat<Claims extends object> {
  sign(claims: Claims, secrets: Secrets): string
  /** The claims of a token in exactly this format and version with a valid signature; else undefined. */
  read(token: string, secrets: Secrets): Claims | undefined
}

/**
 * @param typ distinguishes formats: a token of another `typ` is not accepted
 * @param version goes into the claims as `v`; raised with every change that older services would misread
 */
export function createTokenFormat<Claims extends object>(
  typ: string,
  version: number,
): TokenFormat<Claims> {
  const header = toBase64Url(JSON.stringify({ alg: 'HS256', typ }))
  return {
    sign(claims, [secret]) {
      const text = `${header}.${toBase64Url(JSON.stringify({ v: version, ...claims }))}`
      return `${text}.${hmacSha256Base64Url(secret, text)}`
    },
    read(token, secrets) {
      const end = token.lastIndexOf('.')
      const isFormat = token.startsWith(`${header}.`) && end > header.length
      if (!isFormat || token.length > MAX_TOKEN_CHARS) return undefined
      const text = token.slice(0, end)
      const signature = token.slice(end + 1)
      const isSigned = secrets.some((secret) =>
        equalInConstantTime(hmacSha256Base64Url(secret, text), signature),
      )
      if (!isSigned) return undefined
      const claims = JSON.parse(
        fromUtf8(fromBase64Url(text.slice(header.length + 1))),
      ) as Claims & {
        v: number
      }
      return claims.v === version ? claims : undefined
    },
  }
}
