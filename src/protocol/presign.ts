/**
 * V4 in the query: a signed URL, for any method and sub-resource.
 *
 * @see https://www.alibabacloud.com/help/en/oss/developer-reference/add-signatures-to-urls
 */
import { buildPlace } from './address.ts'
import { encodeRfc3986 } from './bytes.ts'
import { buildCanonicalHeaders, buildSignedQuery, joinCanonicalRequest } from './canonical.ts'
import { ProtocolError } from './errors.ts'
import { MAX_SIGNATURE_SECONDS, MAX_SIGNATURE_SECONDS_WITH_TOKEN } from './limits.ts'
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

/** Query parameters of the signature itself; callers must not set them. */
const RESERVED =
  /^x-oss-(?:signature|signature-version|credential|date|expires|additional-headers|security-token)$/

export interface PresignOptions {
  /** Pass the same object each time: the signing key of the day is cached with it. */
  credentials: Credentials
  now: Date
  /** 1 … 604 800; at most 43 200 with an STS token. */
  expiresInSeconds: number
}

/** @throws {ProtocolError} `EXPIRES` when OSS would refuse the lifetime (EC 0002-00000232) */
export function checkExpires(expiresInSeconds: number, { securityToken }: Credentials): void {
  const most = securityToken ? MAX_SIGNATURE_SECONDS_WITH_TOKEN : MAX_SIGNATURE_SECONDS
  if (!Number.isInteger(expiresInSeconds) || expiresInSeconds < 1 || expiresInSeconds > most) {
    throw new ProtocolError('EXPIRES', `A signature lives 1 to ${most} whole seconds.`)
  }
}

/** The query parameters of every V4 URL, all but `x-oss-signature`, encoded and in canonical order. */
export function buildSignatureParameters(
  { encodedCredential }: Signer,
  time: string,
  { credentials: { securityToken }, expiresInSeconds }: PresignOptions,
  additional: string,
): string {
  const additionalHeaders = additional && `x-oss-additional-headers=${encodeRfc3986(additional)}&`
  const token = securityToken ? `x-oss-security-token=${encodeRfc3986(securityToken)}&` : ''
  return `${additionalHeaders}x-oss-credential=${encodedCredential}&x-oss-date=${time}&x-oss-expires=${expiresInSeconds}&${token}x-oss-signature-version=${ALGORITHM}`
}

/**
 * Presigns a request. Its sender must send exactly `headers`; a `content-type`, `content-md5` or `x-oss-*` header that
 * is not among them invalidates the signature.
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
  const query = buildSignedQuery(
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
