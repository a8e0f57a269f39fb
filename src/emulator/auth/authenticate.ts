/**
 * Finds how a request is signed (V1 or V4, in the header or in the URL, or not at all) and verifies it.
 *
 * @see https://www.alibabacloud.com/help/en/oss/developer-reference/recommend-to-use-signature-version-4
 */
import type { Unconfirmed } from '../behavior/unconfirmed.ts'
import { invalidArgument } from '../http/errors.ts'
import type { Query } from '../http/target.ts'
import { type AccessKeys, type Caller, findAccessKey } from './access-keys.ts'
import { authenticateV1Header, authenticateV1Url } from './check-v1.ts'
import {
  checkRegion,
  checkSkew,
  checkUrlWindow,
  checkV4Signature,
  parseAdditionalHeaders,
  parseBasicTime,
  parseCredential,
  type SignedRequest,
  V4_ALGORITHM,
} from './check-v4.ts'

export interface AuthenticateContext {
  keys: AccessKeys
  now: Date
  /** Of the bucket; undefined for calls to no bucket. */
  region: string | undefined
  unconfirmed: Unconfirmed
}

/**
 * @throws {OssError} 400 `InvalidArgument` for what is malformed, 403 with OSS's own code for what does not verify
 */
export function authenticate(
  request: SignedRequest,
  query: Query,
  context: AuthenticateContext,
): Caller {
  const authorization = request.headers.authorization
  const inUrlV4 = query.has('x-oss-signature-version') || query.has('x-oss-signature')
  const inUrlV1 = query.has('Signature') || query.has('OSSAccessKeyId')
  if (authorization === undefined) {
    if (inUrlV4) return authenticateV4Url(request, query, context)
    if (inUrlV1) return authenticateV1Url(request, query, context)
    return { kind: 'anonymous' }
  }
  if (inUrlV4 || inUrlV1) {
    throw invalidArgument(
      'Only one auth mechanism allowed: either the Authorization header or the signature in the query string.',
      'Authorization',
      '',
    )
  }
  if (/^OSS4-HMAC-SHA256(\s|$)/.test(authorization)) {
    return authenticateV4Header(request, authorization, context)
  }
  if (/^OSS\s/.test(authorization)) return authenticateV1Header(request, authorization, context)
  throw invalidArgument('Unsupported Authorization type.', 'Authorization', '', '0002-00000002')
}

function checkAdditional(names: string[], headers: Record<string, string>): void {
  const missing = names.find((name) => headers[name] === undefined)
  if (missing === undefined) return
  throw invalidArgument(
    'The additional header that was signed is not in the request.',
    'AdditionalHeaders',
    missing,
    '0002-00000078',
  )
}

const HEADER_SHAPE =
  /^OSS4-HMAC-SHA256\s+Credential=([^,\s]+)\s*,\s*(?:AdditionalHeaders=([^,\s]*)\s*,\s*)?Signature=([^,\s]*)$/

function authenticateV4Header(
  request: SignedRequest,
  authorization: string,
  context: AuthenticateContext,
): Caller {
  const { headers } = request
  const [, credentialText = '', additionalText = '', provided = ''] =
    HEADER_SHAPE.exec(authorization) ?? []
  const credential = parseCredential(credentialText)
  if (!credential) {
    throw invalidArgument(
      'The Authorization header is malformed. Expected: OSS4-HMAC-SHA256 Credential=<AccessKeyId>/<date>/<region>/oss/aliyun_v4_request,[AdditionalHeaders=<names>,]Signature=<hex>',
      'Authorization',
      '',
      '0002-00000203',
    )
  }
  if (provided === '') {
    throw invalidArgument('The signature is empty.', 'Signature', '', '0002-00000208')
  }
  const time = headers['x-oss-date'] ?? headers.date ?? ''
  const signedAt = parseBasicTime(time) ?? (headers['x-oss-date'] ? undefined : parseHttpDate(time))
  if (!signedAt) throw invalidDate(time)
  const basic = toBasicTime(signedAt)
  if (credential.date !== basic.slice(0, 8)) throw invalidDate(time)
  checkRegion(credential, context.region)
  if (headers['x-oss-content-sha256'] !== 'UNSIGNED-PAYLOAD') {
    throw invalidArgument(
      'x-oss-content-sha256 must be UNSIGNED-PAYLOAD.',
      'x-oss-content-sha256',
      headers['x-oss-content-sha256'] ?? '',
      '0002-00000214',
    )
  }
  const token = headers['x-oss-security-token']
  const accessKey = findAccessKey(context.keys, credential.accessKeyId, token, context.now)
  checkSkew(signedAt, context.now)
  const additional = parseAdditionalHeaders(additionalText)
  checkAdditional(additional, headers)
  checkV4Signature(request, {
    secret: accessKey.accessKeySecret,
    credential,
    time: basic,
    additional,
    provided,
    withCanonicalBytes: context.unconfirmed.canonicalRequestBytes,
  })
  return { kind: 'key', accessKey, via: 'header' }
}

const EMPTY_REGION = /^[^/]+\/\d{8}\/\/oss\/aliyun_v4_request$/

function authenticateV4Url(
  request: SignedRequest,
  query: Query,
  context: AuthenticateContext,
): Caller {
  const { headers } = request
  const version = query.get('x-oss-signature-version') ?? ''
  if (version !== V4_ALGORITHM) {
    const message = 'x-oss-signature-version must be OSS4-HMAC-SHA256.'
    throw invalidArgument(message, 'x-oss-signature-version', version, '0002-00000066')
  }
  const provided = query.get('x-oss-signature')
  if (!provided) {
    const message = 'x-oss-signature is missing.'
    throw invalidArgument(message, 'x-oss-signature', '', '0002-00000219')
  }
  const credential = parseCredential(query.get('x-oss-credential') ?? '')
  if (!credential) {
    const isRegionEmpty = EMPTY_REGION.test(query.get('x-oss-credential') ?? '')
    const message = isRegionEmpty
      ? 'The signing region in credential is invalid.'
      : 'x-oss-credential is missing or malformed.'
    throw invalidArgument(message, 'x-oss-credential', query.get('x-oss-credential') ?? '')
  }
  const time = query.get('x-oss-date') ?? ''
  const signedAt = parseBasicTime(time)
  if (!signedAt || credential.date !== time.slice(0, 8)) throw invalidDate(time)
  checkRegion(credential, context.region)
  const token = query.get('x-oss-security-token') ?? headers['x-oss-security-token']
  const accessKey = findAccessKey(context.keys, credential.accessKeyId, token, context.now)
  checkUrlWindow(signedAt, query.get('x-oss-expires') ?? '', token !== undefined, context.now)
  const additionalText = query.get('x-oss-additional-headers')
  if (additionalText === '') {
    const message = 'x-oss-additional-headers is present but empty.'
    throw invalidArgument(message, 'x-oss-additional-headers', '', '0002-00000076')
  }
  const additional = parseAdditionalHeaders(additionalText ?? '')
  checkAdditional(additional, headers)
  const twice = query.pairs.find(
    ([name, value]) => name.startsWith('x-oss-') && (headers[name] ?? value) !== value,
  )
  if (twice) {
    const message = 'The same parameter is in the query string and in a header, with another value.'
    throw invalidArgument(message, twice[0], twice[1])
  }
  checkV4Signature(request, {
    secret: accessKey.accessKeySecret,
    credential,
    time,
    additional,
    provided,
    withCanonicalBytes: context.unconfirmed.canonicalRequestBytes,
  })
  return { kind: 'key', accessKey, via: 'url' }
}

function invalidDate(value: string) {
  return invalidArgument(
    'The date of the signature is missing, malformed, or not the day of the credential.',
    'x-oss-date',
    value,
    '0002-00000223',
  )
}

function parseHttpDate(text: string): Date | undefined {
  const time = new Date(text)
  return /GMT$/.test(text) && !Number.isNaN(time.getTime()) ? time : undefined
}

function toBasicTime(time: Date): string {
  return time.toISOString().replace(/[-:]|\.\d{3}/g, '')
}
