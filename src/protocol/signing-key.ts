/**
 * Credentials, scope, and the V4 signing key that belongs to them.
 *
 * @see https://www.alibabacloud.com/help/en/oss/developer-reference/recommend-to-use-signature-version-4
 */
import { toUtf8 } from './bytes.ts'
import { createHmacKey, type HmacKey, hmacSha256, hmacSha256Hex, sha256Hex } from './crypto.ts'
import { ProtocolError } from './errors.ts'

/** An AccessKey pair; with `securityToken` when it came from STS. */
export interface Credentials {
  accessKeyId: string
  accessKeySecret: string
  securityToken?: string
}

export interface Scope {
  /** UTC day of signing, `YYYYMMDD`. */
  date: string
  /** Region id without the `oss-` prefix, e.g. `cn-hangzhou`; the `cb-…` id for a cloud box. */
  region: string
  /** @default 'oss' */
  product?: 'oss' | 'oss-cloudbox' | undefined
}

export const ALGORITHM = 'OSS4-HMAC-SHA256'

/** `YYYYMMDDTHHMMSSZ`, UTC. @throws {ProtocolError} `REQUEST` for a date that is none */
export function formatTime(time: Date): string {
  if (Number.isNaN(time.getTime())) {
    throw new ProtocolError('REQUEST', 'The time of signing is not a valid date.')
  }
  const iso = time.toISOString()
  return `${iso.slice(0, 4)}${iso.slice(5, 7)}${iso.slice(8, 13)}${iso.slice(14, 16)}${iso.slice(17, 19)}Z`
}

/** `YYYYMMDD/region/oss/aliyun_v4_request` */
export function formatScope({ date, region, product = 'oss' }: Scope): string {
  return `${date}/${region}/${product}/aliyun_v4_request`
}

/**
 * The signing key of one UTC day and region: four HMACs, the secret outermost.
 *
 * @returns 32 bytes; safe to keep for the day, never to log
 */
export function buildSigningKey(accessKeySecret: string, scope: Scope): Uint8Array {
  let key: Uint8Array = toUtf8(`aliyun_v4${accessKeySecret}`)
  const steps = [scope.date, scope.region, scope.product ?? 'oss', 'aliyun_v4_request']
  for (const step of steps) key = hmacSha256(key, step)
  return key
}

interface KeptKey {
  accessKeySecret: string
  scope: string
  key: HmacKey
}

// The kept keys belong to the credentials object and go with it: no secret outlives its owner in a global.
const keptKeys = new WeakMap<Credentials, KeptKey[]>()
const MAX_KEPT_KEYS = 4

/** The signing key, ready for use; kept for the last few scopes of this very credentials object. */
export function prepareSigningKey(credentials: Credentials, scope: Scope): HmacKey {
  const scopeText = formatScope(scope)
  let kept = keptKeys.get(credentials)
  if (kept) {
    for (const entry of kept) {
      if (entry.scope === scopeText && entry.accessKeySecret === credentials.accessKeySecret) {
        return entry.key
      }
    }
  } else {
    if (!credentials.accessKeyId || !credentials.accessKeySecret) {
      throw new ProtocolError('CREDENTIALS', 'AccessKey id and secret must not be empty.')
    }
    kept = []
    keptKeys.set(credentials, kept)
  }
  const key = createHmacKey(buildSigningKey(credentials.accessKeySecret, scope))
  if (kept.length >= MAX_KEPT_KEYS) kept.shift()
  kept.push({ accessKeySecret: credentials.accessKeySecret, scope: scopeText, key })
  return key
}

/** Algorithm, time, scope and the hash of the canonical request, a line each. */
export function buildStringToSign(time: string, scope: string, canonicalRequest: string): string {
  return `${ALGORITHM}\n${time}\n${scope}\n${sha256Hex(canonicalRequest)}`
}

/** Lower-case hex, 64 characters. */
export function signText(signingKey: HmacKey | Uint8Array, text: string): string {
  return hmacSha256Hex(signingKey, text)
}
