/**
 * Signature V4. Written from the manual: it shares no code with `protocol`, whose signatures it verifies.
 * Over 200 lines, because the steps of a signature and the errors of each are read together.
 *
 * @see https://www.alibabacloud.com/help/en/oss/developer-reference/recommend-to-use-signature-version-4
 */
import { encodePath, encodeRfc3986, toUtf8 } from '../../protocol/bytes.ts'
import {
  createHmacKey,
  equalInConstantTime,
  type HmacKey,
  hmacSha256,
  hmacSha256Hex,
  sha256Hex,
} from '../../protocol/crypto.ts'
import { invalidArgument, OssError } from '../http/errors.ts'
import { MAX_EXPIRES_SECONDS, MAX_EXPIRES_SECONDS_STS, MAX_SKEW_MS } from '../http/limits.ts'

export const V4_ALGORITHM = 'OSS4-HMAC-SHA256'

export interface SignedRequest {
  method: string
  bucket: string | undefined
  key: string
  /** Decoded pairs. */
  query: [name: string, value: string][]
  /** Lower-case names. */
  headers: Record<string, string>
}

export interface Credential {
  accessKeyId: string
  date: string
  region: string
  product: string
}

/** `<AK>/<YYYYMMDD>/<region>/oss/aliyun_v4_request`; an access key id has no slash. */
export function parseCredential(text: string): Credential | undefined {
  const [accessKeyId, date, region, product, terminator, more] = text.split('/')
  if (!accessKeyId || !date || !region || !product || terminator !== 'aliyun_v4_request') return
  if (more !== undefined || !/^\d{8}$/.test(date) || !/^oss(-cloudbox)?$/.test(product)) return
  return { accessKeyId, date, region, product }
}

/** `YYYYMMDDTHHMMSSZ`; undefined for anything that is not a valid time. */
export function parseBasicTime(text: string): Date | undefined {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text)
  if (!match) return
  const [, year, month, day, hour, minute, second] = match
  const iso = `${year}-${month}-${day}T${hour}:${minute}:${second}.000Z`
  const time = new Date(iso)
  return Number.isNaN(time.getTime()) || time.toISOString() !== iso ? undefined : time
}

const isDefaultSigned = (name: string) =>
  name === 'content-type' || name === 'content-md5' || name.startsWith('x-oss-')

/** Lower case, sorted, without the names that are always signed. */
export function parseAdditionalHeaders(text: string): string[] {
  const names = text.split(';').map((name) => name.trim().toLowerCase())
  return [...new Set(names)].filter((name) => name !== '' && !isDefaultSigned(name)).sort()
}

function compareBytes(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

export function readCanonicalRequest(request: SignedRequest, additional: string[]): string {
  const { method, bucket, key, headers } = request
  const uri = bucket === undefined ? '/' : encodePath(`/${bucket}/${key}`)
  const query = request.query
    .filter(([name]) => name !== 'x-oss-signature')
    .map(([name, value]) => [encodeRfc3986(name), encodeRfc3986(value)] as const)
    .sort(([a], [b]) => compareBytes(a, b))
    .map(([name, value]) => (value === '' ? name : `${name}=${value}`))
    .join('&')
  const signed = Object.keys(headers)
    .filter((name) => isDefaultSigned(name) || additional.includes(name))
    .sort(compareBytes)
    .map((name) => `${name}:${(headers[name] ?? '').trim()}\n`)
    .join('')
  return [method, uri, query, signed, additional.join(';'), 'UNSIGNED-PAYLOAD'].join('\n')
}

export function readStringToSign(canonical: string, time: string, scope: Credential): string {
  const words = [scope.date, scope.region, scope.product, 'aliyun_v4_request']
  return [V4_ALGORITHM, time, words.join('/'), sha256Hex(canonical)].join('\n')
}

// Cache: few secrets and few days are seen, and each entry saves a request four HMACs (`throughput.bench.ts`, small PUTs).
const signingKeys = new Map<string, HmacKey>()
const MAX_SIGNING_KEYS = 64

/** Four HMACs from the secret to the key of that day and region. */
function readSigningKey(secret: string, { date, region, product }: Credential): HmacKey {
  const name = JSON.stringify([secret, date, region, product])
  const known = signingKeys.get(name)
  if (known) return known
  let bytes: Uint8Array = toUtf8(`aliyun_v4${secret}`)
  for (const word of [date, region, product, 'aliyun_v4_request']) bytes = hmacSha256(bytes, word)
  const key = createHmacKey(bytes)
  if (signingKeys.size >= MAX_SIGNING_KEYS) signingKeys.clear()
  signingKeys.set(name, key)
  return key
}

export function computeV4(secret: string, scope: Credential, text: string): string {
  return hmacSha256Hex(readSigningKey(secret, scope), text)
}

/** Upper-case hex pairs, each followed by a space, as OSS prints them. */
export function printBytes(text: string): string {
  let printed = ''
  for (const byte of toUtf8(text)) printed += `${byte.toString(16).padStart(2, '0').toUpperCase()} `
  return printed
}

/** 403 `SignatureDoesNotMatch` with the texts that the emulator computed, so that they can be compared. */
export function signatureMismatch(
  ec: string,
  accessKeyId: string,
  provided: string,
  texts: { stringToSign: string; canonicalRequest?: string; withCanonicalBytes?: boolean },
): OssError {
  const { stringToSign, canonicalRequest, withCanonicalBytes } = texts
  return new OssError(
    'SignatureDoesNotMatch',
    'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
    {
      ec,
      extras: {
        OSSAccessKeyId: accessKeyId,
        SignatureProvided: provided,
        StringToSign: stringToSign,
        StringToSignBytes: printBytes(stringToSign),
        ...(canonicalRequest !== undefined && { CanonicalRequest: canonicalRequest }),
        ...(canonicalRequest !== undefined &&
          withCanonicalBytes && { CanonicalRequestBytes: printBytes(canonicalRequest) }),
      },
    },
  )
}

/** @throws {OssError} `RequestTimeTooSkewed` when the clocks are more than 15 minutes apart */
export function checkSkew(requestTime: Date, now: Date): void {
  if (Math.abs(requestTime.getTime() - now.getTime()) <= MAX_SKEW_MS) return
  throw new OssError(
    'RequestTimeTooSkewed',
    'The difference between the request time and the current time is too large.',
    {
      ec: '0002-00000504',
      extras: {
        MaxAllowedSkewMilliseconds: String(MAX_SKEW_MS),
        RequestTime: requestTime.toISOString(),
        ServerTime: now.toISOString(),
      },
    },
  )
}

/** @throws {OssError} `InvalidArgument` when the scope is of another region than the bucket */
export function checkRegion(credential: Credential, region: string | undefined): void {
  if (region === undefined || credential.region === region || credential.product !== 'oss') return
  throw invalidArgument(
    'Invalid signing region in Authorization header.',
    'Region',
    credential.region,
    '0002-00000226',
  )
}

/**
 * Checks that a V4 URL is valid now.
 *
 * @throws {OssError} `InvalidArgument` for `x-oss-expires` outside 1 … 604800 s (43200 s with a token),
 *   `AccessDenied` after its end, `RequestTimeTooSkewed` more than 15 minutes before its begin
 */
export function checkUrlWindow(
  signedAt: Date,
  expires: string,
  hasToken: boolean,
  now: Date,
): void {
  const max = hasToken ? MAX_EXPIRES_SECONDS_STS : MAX_EXPIRES_SECONDS
  const seconds = /^\d{1,9}$/.test(expires) ? Number(expires) : 0
  if (seconds < 1 || seconds > max) {
    throw invalidArgument(
      `x-oss-expires must be a whole number of seconds from 1 to ${max}.`,
      'x-oss-expires',
      expires,
      '0002-00000232',
    )
  }
  const end = signedAt.getTime() + seconds * 1000
  if (now.getTime() > end) {
    throw new OssError('AccessDenied', 'Request has expired.', {
      ec: '0002-00000236',
      extras: { Expires: new Date(end).toISOString(), ServerTime: now.toISOString() },
    })
  }
  if (signedAt.getTime() - MAX_SKEW_MS > now.getTime()) checkSkew(signedAt, now)
}

/** @throws {OssError} `SignatureDoesNotMatch` */
export function checkV4Signature(
  request: SignedRequest,
  signed: {
    secret: string
    credential: Credential
    time: string
    additional: string[]
    provided: string
    withCanonicalBytes: boolean
  },
): void {
  const canonicalRequest = readCanonicalRequest(request, signed.additional)
  const stringToSign = readStringToSign(canonicalRequest, signed.time, signed.credential)
  const computed = computeV4(signed.secret, signed.credential, stringToSign)
  if (equalInConstantTime(computed, signed.provided)) return
  throw signatureMismatch('0002-00000201', signed.credential.accessKeyId, signed.provided, {
    stringToSign,
    canonicalRequest,
    withCanonicalBytes: signed.withCanonicalBytes,
  })
}
