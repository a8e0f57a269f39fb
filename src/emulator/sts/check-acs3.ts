/**
 * Signature V3 (ACS3-HMAC-SHA256) of calls to STS. Written from the manual: it shares no code with `credentials`, whose
 * signatures it verifies.
 *
 * @see https://www.alibabacloud.com/help/en/sdk/product-overview/v3-request-structure-and-signature
 */
import { encodeRfc3986, toUtf8 } from '../../protocol/bytes.ts'
import { equalInConstantTime, hmacSha256Hex, sha256Hex } from '../../protocol/crypto.ts'
import { type AccessKey, type AccessKeys, findAccessKey } from '../auth/access-keys.ts'
import { OssError } from '../http/errors.ts'
import { StsError } from './errors.ts'

export interface Acs3Message {
  method: string
  /** Lower-case names. */
  headers: Readonly<Record<string, string>>
  /** Decoded pairs. */
  query: readonly (readonly [name: string, value: string])[]
  body: Uint8Array
}

/** Clocks may be that far apart. */
const MAX_SKEW_MS = 15 * 60 * 1000

const AUTHORIZATION =
  /^ACS3-HMAC-SHA256 Credential=([^,\s]{1,128}),SignedHeaders=([a-z0-9;-]{1,1000}),Signature=([0-9a-f]{64})$/

const mustBeSigned = (name: string) =>
  name === 'host' || name === 'content-type' || name.startsWith('x-acs-')

function mismatch(): StsError {
  return new StsError(
    'SignatureDoesNotMatch',
    'Specified signature is not matched with our calculation.',
  )
}

function computeSignature(
  { method, headers, query, body }: Acs3Message,
  names: readonly string[],
  secret: string,
): string {
  const pairs = query.map(([name, value]) => [encodeRfc3986(name), encodeRfc3986(value)] as const)
  const canonical = [
    method,
    '/',
    pairs
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map((pair) => pair.join('='))
      .join('&'),
    names.map((name) => `${name}:${(headers[name] ?? '').trim()}\n`).join(''),
    names.join(';'),
    sha256Hex(body),
  ].join('\n')
  return hmacSha256Hex(toUtf8(secret), `ACS3-HMAC-SHA256\n${sha256Hex(canonical)}`)
}

/** @throws {StsError} `InvalidAccessKeyId.NotFound`, `InvalidSecurityToken.…` */
function findKey(keys: AccessKeys, id: string, token: string | undefined, now: Date): AccessKey {
  try {
    return findAccessKey(keys, id, token, now)
  } catch (error) {
    if (!(error instanceof OssError)) throw error
    if (error.code === 'InvalidAccessKeyId') {
      throw new StsError('InvalidAccessKeyId.NotFound', 'Specified access key is not found.')
    }
    const isOver = error.code === 'SecurityTokenExpired'
    throw new StsError(
      isOver ? 'InvalidSecurityToken.Expired' : 'InvalidSecurityToken.Malformed',
      `Specified SecurityToken ${isOver ? 'is expired' : 'is malformed'}.`,
    )
  }
}

/** @throws {StsError} `InvalidTimeStamp.Expired` */
function checkTime(text: string, now: Date): void {
  const isTime = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/.test(text)
  const apartMs = isTime ? Math.abs(Date.parse(text) - now.getTime()) : Number.NaN
  if (apartMs <= MAX_SKEW_MS) return
  throw new StsError('InvalidTimeStamp.Expired', 'Specified time stamp or date value is expired.')
}

/**
 * The key that signed the call.
 *
 * @throws {StsError} what is wrong with the signature
 */
export function authenticateAcs3(message: Acs3Message, keys: AccessKeys, now: Date): AccessKey {
  const { headers, body } = message
  const [, id = '', signed = '', provided = ''] =
    AUTHORIZATION.exec(headers.authorization ?? '') ?? []
  if (id === '') throw new StsError('MissingSecurityToken', 'The call has no signature ACS3.')
  const names = signed.split(';')
  const isSorted = names.every((name, at) => at === 0 || name > (names[at - 1] ?? ''))
  const isWhole = Object.keys(headers).every((name) => !mustBeSigned(name) || names.includes(name))
  if (!isSorted || !isWhole || names.some((name) => headers[name] === undefined)) throw mismatch()
  checkTime(headers['x-acs-date'] ?? '', now)
  const key = findKey(keys, id, headers['x-acs-security-token'], now)
  const computed = computeSignature(message, names, key.accessKeySecret)
  const isBodyTold = headers['x-acs-content-sha256'] === sha256Hex(body)
  if (isBodyTold && equalInConstantTime(computed, provided)) return key
  throw mismatch()
}
