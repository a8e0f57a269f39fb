/**
 * V4 in the query: a URL that carries its own permission, for any method and sub-resource.
 *
 * @see https://www.alibabacloud.com/help/en/oss/developer-reference/add-signatures-to-urls
 */
import { buildPlace } from './address.ts'
import {
  buildCanonicalHeaders,
  buildCanonicalQuery,
  buildCanonicalUri,
  joinCanonicalRequest,
} from './canonical.ts'
import { ProtocolError } from './errors.ts'
import { type OssRequest, type SignedRequest, withHost } from './sign-v4.ts'
import {
  ALGORITHM,
  buildStringToSign,
  type Credentials,
  formatScope,
  formatTime,
  prepareSigningKey,
  type Scope,
  signText,
} from './signing-key.ts'

/** Seven days. */
const MAX_EXPIRES_SECONDS = 604_800
/** Twelve hours: the longest life of an STS token. */
const MAX_EXPIRES_SECONDS_WITH_TOKEN = 43_200

/** Query parameters of the signature itself; a caller must not set them. */
const RESERVED =
  /^x-oss-(?:signature|signature-version|credential|date|expires|additional-headers|security-token)$/

export interface PresignOptions {
  /** Keep the object: the signing key of the day is remembered with it. */
  credentials: Credentials
  now: Date
  /** 1 … 604 800; at most 43 200 with an STS token. */
  expiresInSeconds: number
}

/** @throws {ProtocolError} `EXPIRES` when OSS would refuse the lifetime (EC 0002-00000232) */
export function checkExpires(expiresInSeconds: number, { securityToken }: Credentials): void {
  const most = securityToken ? MAX_EXPIRES_SECONDS_WITH_TOKEN : MAX_EXPIRES_SECONDS
  if (!Number.isInteger(expiresInSeconds) || expiresInSeconds < 1 || expiresInSeconds > most) {
    throw new ProtocolError('EXPIRES', `A signature lives 1 to ${most} whole seconds.`)
  }
}

/**
 * Presigns a request. Whoever sends it must send exactly `headers`; a `content-type`, `content-md5` or
 * `x-oss-*` header that is not among them breaks the signature.
 *
 * @throws {ProtocolError} `EXPIRES`, `REQUEST`, `OBJECT_KEY`, `HEADER`, `TEXT`, `CREDENTIALS`
 */
export function presign(request: OssRequest, options: PresignOptions): SignedRequest {
  const { credentials, now, expiresInSeconds } = options
  checkExpires(expiresInSeconds, credentials)
  const method = request.method.toUpperCase()
  const place = buildPlace(request)
  const time = formatTime(now)
  const scope: Scope = { date: time.slice(0, 8), region: request.region, product: request.product }
  const scopeText = formatScope(scope)

  const headers = withHost(request, place.host)
  const canonicalHeaders = buildCanonicalHeaders(headers, request.additionalHeaders)

  const query: Record<string, string | null> = {}
  for (const name in request.query) {
    if (RESERVED.test(name)) {
      throw new ProtocolError('REQUEST', `The query parameter ${name} belongs to the signature.`)
    }
    query[name] = request.query[name] ?? null
  }
  query['x-oss-signature-version'] = ALGORITHM
  query['x-oss-credential'] = `${credentials.accessKeyId}/${scopeText}`
  query['x-oss-date'] = time
  query['x-oss-expires'] = String(expiresInSeconds)
  if (canonicalHeaders.additional) query['x-oss-additional-headers'] = canonicalHeaders.additional
  if (credentials.securityToken) query['x-oss-security-token'] = credentials.securityToken

  const queryText = buildCanonicalQuery(query)
  const uri = buildCanonicalUri(request.bucket, request.key)
  const canonical = joinCanonicalRequest(method, uri, queryText, canonicalHeaders)
  const text = buildStringToSign(time, scopeText, canonical)
  const signature = signText(prepareSigningKey(credentials, scope), text)
  return {
    method,
    url: `${place.url}?${queryText}&x-oss-signature=${signature}`,
    headers: { ...headers },
  }
}
