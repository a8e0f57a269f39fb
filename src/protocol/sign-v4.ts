/**
 * V4 in the `Authorization` header, for the service's own requests to OSS.
 *
 * @see https://www.alibabacloud.com/help/en/oss/developer-reference/recommend-to-use-signature-version-4
 */
import { type Address, buildPlace } from './address.ts'
import {
  buildCanonicalHeaders,
  buildCanonicalQuery,
  joinCanonicalRequest,
  UNSIGNED_PAYLOAD,
} from './canonical.ts'
import {
  ALGORITHM,
  buildStringToSign,
  type Credentials,
  prepareSigner,
  type Scope,
  signText,
} from './signing-key.ts'
import { formatTime } from './time.ts'

export interface OssRequest extends Address {
  method: string
  /** Raw names and values; `''` or `null`: a name without a value. */
  query?: Readonly<Record<string, string | null>> | undefined
  headers?: Readonly<Record<string, string>> | undefined
  /** Names of headers to sign besides `content-type`, `content-md5` and `x-oss-*`. `host` needs no value. */
  additionalHeaders?: readonly string[] | undefined
  /** @default 'oss' */
  product?: Scope['product']
}

export interface SignedRequest {
  method: string
  url: string
  /** To be sent with the request, besides what the platform adds. */
  headers: Record<string, string>
}

function isHost(name: string): boolean {
  return name.length === 4 && name.toLowerCase() === 'host'
}

/** Adds the `host` that the platform will send, when it is to be signed and not given. */
export function withHost(request: OssRequest, host: string): Readonly<Record<string, string>> {
  const headers = request.headers ?? {}
  if (!request.additionalHeaders?.some(isHost) || Object.keys(headers).some(isHost)) return headers
  return { ...headers, host }
}

/**
 * Signs a request by header.
 *
 * @param options.now time of signing; OSS accepts 15 minutes of difference
 * @returns the given headers with `authorization`, `x-oss-date`, `x-oss-content-sha256` and the STS token, if any
 * @throws {ProtocolError} `REQUEST`, `OBJECT_KEY`, `HEADER`, `TEXT`, `CREDENTIALS`
 */
export function signRequest(
  request: OssRequest,
  options: { credentials: Credentials; now: Date },
): SignedRequest {
  const { credentials, now } = options
  const method = request.method.toUpperCase()
  const place = buildPlace(request)
  const time = formatTime(now)
  const { region, product } = request
  const signer = prepareSigner(credentials, { date: time.slice(0, 8), region, product })

  const headers: Record<string, string> = {
    ...withHost(request, place.host),
    'x-oss-content-sha256': UNSIGNED_PAYLOAD,
    'x-oss-date': time,
  }
  if (credentials.securityToken) headers['x-oss-security-token'] = credentials.securityToken

  const query = buildCanonicalQuery(request.query ?? {})
  const canonicalHeaders = buildCanonicalHeaders(headers, request.additionalHeaders)
  const canonical = joinCanonicalRequest(method, place.canonicalUri, query, canonicalHeaders)
  const signature = signText(signer.key, buildStringToSign(time, signer.scope, canonical))

  const additional = canonicalHeaders.additional
  headers.authorization = `${ALGORITHM} Credential=${signer.credential}${
    additional && `,AdditionalHeaders=${additional}`
  },Signature=${signature}`
  return { method, url: query ? `${place.url}?${query}` : place.url, headers }
}
