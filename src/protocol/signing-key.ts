/**
 * Credentials, scope, and the V4 signing key that belongs to them.
 *
 * @see https://www.alibabacloud.com/help/en/oss/developer-reference/recommend-to-use-signature-version-4
 */
import { encodeRfc3986, toUtf8 } from './bytes.ts'
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

/** `YYYYMMDD/region/oss/aliyun_v4_request` */
export function formatScope({ date, region, product = 'oss' }: Scope): string {
  // Joined from a list, the text is flat in memory; it becomes part of every text that is signed.
  return [date, region, product, 'aliyun_v4_request'].join('/')
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

/** Everything that one UTC day's signatures with one AccessKey share. */
export interface Signer {
  /** UTC day, region and product as one text. */
  scope: string
  /** `<AccessKey id>/<scope>` */
  credential: string
  /** The same as it stands in a query. */
  encodedCredential: string
  key: HmacKey
}

interface KeptSigner extends Signer {
  date: string
  region: string
  product: string
  accessKeyId: string
  accessKeySecret: string
}

// What is kept belongs to the credentials object and goes with it: no secret outlives its owner in a global.
const keptSigners = new WeakMap<Credentials, KeptSigner[]>()
const MAX_KEPT_SIGNERS = 4

/**
 * The signing key, ready for use; kept for the last few scopes of this very credentials object.
 *
 * @throws {ProtocolError} `CREDENTIALS` when id or secret is empty
 */
export function prepareSigner(credentials: Credentials, scope: Scope): Signer {
  const { accessKeyId, accessKeySecret } = credentials
  const { date, region, product = 'oss' } = scope
  const kept = keptSigners.get(credentials) ?? []
  for (const signer of kept) {
    if (
      signer.date === date &&
      signer.region === region &&
      signer.product === product &&
      signer.accessKeySecret === accessKeySecret &&
      signer.accessKeyId === accessKeyId
    ) {
      return signer
    }
  }
  if (!accessKeyId || !accessKeySecret) {
    throw new ProtocolError('CREDENTIALS', 'AccessKey id and secret must not be empty.')
  }
  const scopeText = formatScope(scope)
  const credential = `${accessKeyId}/${scopeText}`
  const signer: KeptSigner = {
    scope: scopeText,
    credential,
    encodedCredential: encodeRfc3986(credential),
    key: createHmacKey(buildSigningKey(accessKeySecret, scope)),
    date,
    region,
    product,
    accessKeyId,
    accessKeySecret,
  }
  keptSigners.set(credentials, [...kept.slice(1 - MAX_KEPT_SIGNERS), signer])
  return signer
}

/** Algorithm, time, scope and the hash of the canonical request, a line each. */
export function buildStringToSign(time: string, scope: string, canonicalRequest: string): string {
  return `${ALGORITHM}\n${time}\n${scope}\n${sha256Hex(canonicalRequest)}`
}

/** Lower-case hex, 64 characters. */
export function signText(signingKey: HmacKey | Uint8Array, text: string): string {
  return hmacSha256Hex(signingKey, text)
}
