/**
 * V4 in the query: a URL that carries its own permission, for any method and sub-resource.
 *
 * @see https://www.alibabacloud.com/help/en/oss/developer-reference/add-signatures-to-urls
 */
import { buildPlace } from './address.ts'
import { encodeRfc3986 } from './bytes.ts'
import { buildCanonicalHeaders, buildCanonicalQuery, joinCanonicalRequest } from './canonical.ts'
import { ProtocolError } from './errors.ts'
import { type OssRequest, type SignedRequest, withHost } from './sign-v4.ts'
import {
  ALGORITHM,
  buildStringToSign,
  type Credentials,
  prepareSigner,
  type Signer,
  signText,
} from './signing-key.ts'
import { formatTime } from './time.ts'

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

/** The parameters that every V4 URL carries but the signature, encoded and in canonical order. */
export function buildSignatureParameters(
  { encodedCredential }: Signer,
  time: string,
  { credentials: { securityToken }, expiresInSeconds }: PresignOptions,
  additional: string,
): string {
  return `${additional && `x-oss-additional-headers=${encodeRfc3986(additional)}&`}x-oss-credential=${encodedCredential}&x-oss-date=${time}&x-oss-expires=${expiresInSeconds}&${
    securityToken ? `x-oss-security-token=${encodeRfc3986(securityToken)}&` : ''
  }x-oss-signature-version=${ALGORITHM}`
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
  const { region, product } = request
  const signer = prepareSigner(credentials, { date: time.slice(0, 8), region, product })

  const headers = withHost(request, place.host)
  const canonicalHeaders = buildCanonicalHeaders(headers, request.additionalHeaders)
  for (const name in request.query) {
    if (name.startsWith('x-oss-') && RESERVED.test(name)) {
      throw new ProtocolError('REQUEST', `The query parameter ${name} belongs to the signature.`)
    }
  }
  const query = buildCanonicalQuery(
    request.query ?? {},
    buildSignatureParameters(signer, time, options, canonicalHeaders.additional),
  )
  const canonical = joinCanonicalRequest(method, place.canonicalUri, query, canonicalHeaders)
  const signature = signText(signer.key, buildStringToSign(time, signer.scope, canonical))
  return {
    method,
    url: `${place.url}?${query}&x-oss-signature=${signature}`,
    headers: { ...headers },
  }
}
