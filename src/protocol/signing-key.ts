/**
 * Credentials, scope, and the V4 signing key made of them.
 *
 * @see https://www.alibabacloud.com/help/en/oss/developer-reference/recommend-to-use-signature-version-4
 */
import { encodeRfc3986, toUtf8 } from './bytes.ts'
import { type Cache, createCache } from './cache.ts'
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
  return `${date}/${region}/${product}/aliyun_v4_request`
}

/**
 * The signing key of one UTC day and region: four HMACs, the secret outermost.
 *
 * @returns 32 bytes; may be cached for the day, must not be logged
 */
export function buildSigningKey(accessKeySecret: string, scope: Scope): Uint8Array {
  let key: Uint8Array = toUtf8(`aliyun_v4${accessKeySecret}`)
  const steps = [scope.date, scope.region, scope.product ?? 'oss', 'aliyun_v4_request']
  for (const step of steps) key = hmacSha256(key, step)
  return key
}

/** What all signatures of one UTC day with one AccessKey share. */
export interface Signer {
  /** `YYYYMMDD/region/oss/aliyun_v4_request` */
  scope: string
  /** `<AccessKey id>/<scope>` */
  credential: string
  /** The same, percent-encoded for a query. */
  encodedCredential: string
  key: HmacKey
}

/** A signer with all that it was made of. */
interface CachedSigner extends Signer, Credentials, Required<Scope> {}

/** Regions of one AccessKey. */
const MAX_SIGNERS = 8

/** By credentials object, so that no secret is held longer than by its owner; then by region. */
const signersOf = new WeakMap<Credentials, Cache<string, CachedSigner>>()

/** @throws {ProtocolError} `CREDENTIALS` when id or secret is empty */
function createSigner({ accessKeyId, accessKeySecret }: Credentials, scope: Scope): CachedSigner {
  if (!accessKeyId || !accessKeySecret) {
    throw new ProtocolError('CREDENTIALS', 'AccessKey id and secret must not be empty.')
  }
  const scopeText = formatScope(scope)
  const credential = `${accessKeyId}/${scopeText}`
  return {
    scope: scopeText,
    credential,
    encodedCredential: encodeRfc3986(credential),
    key: createHmacKey(buildSigningKey(accessKeySecret, scope)),
    date: scope.date,
    region: scope.region,
    product: scope.product ?? 'oss',
    accessKeyId,
    accessKeySecret,
  }
}

/**
 * The signing key, cached with this credentials object for the last day of each region.
 *
 * @throws {ProtocolError} `CREDENTIALS` when id or secret is empty
 */
export function prepareSigner(credentials: Credentials, scope: Scope): Signer {
  const signers = signersOf.get(credentials) ?? createCache({ maxEntries: MAX_SIGNERS })
  const known = signers.get(scope.region)
  if (
    known?.date === scope.date &&
    known.product === (scope.product ?? 'oss') &&
    // The object may have been given another AccessKey since.
    known.accessKeyId === credentials.accessKeyId &&
    known.accessKeySecret === credentials.accessKeySecret
  ) {
    return known
  }
  const signer = createSigner(credentials, scope)
  signers.set(scope.region, signer)
  signersOf.set(credentials, signers)
  return signer
}

/** Algorithm, time, scope and the SHA-256 of the canonical request, on a line each. */
export function buildStringToSign(time: string, scope: string, canonicalRequest: string): string {
  return `${ALGORITHM}\n${time}\n${scope}\n${sha256Hex(canonicalRequest)}`
}

/** Lower-case hex, 64 characters. */
export function signText(signingKey: HmacKey | Uint8Array, text: string): string {
  return hmacSha256Hex(signingKey, text)
}
