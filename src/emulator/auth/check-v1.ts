/**
 * Signature V1 (HMAC-SHA1), which existing SDKs still use: header and URL.
 *
 * @see https://www.alibabacloud.com/help/en/oss/developer-reference/include-signatures-in-the-authorization-header
 * @see https://www.alibabacloud.com/help/en/oss/developer-reference/add-signatures-to-urls
 */
import { toBase64, toUtf8 } from '../../protocol/bytes.ts'
import { equalInConstantTime, hmacSha1 } from '../../protocol/crypto.ts'
import { invalidArgument, OssError } from '../http/errors.ts'
import type { Query } from '../http/target.ts'
import { type AccessKeys, type Caller, findAccessKey } from './access-keys.ts'
import { checkSkew, type SignedRequest, signatureMismatch } from './check-v4.ts'

// All that the official SDKs sign. Every parameter that begins with `x-oss-` is signed too.
const SUB_RESOURCES = new Set(
  `accessPoint accessPointPolicy acl append asyncFetch bucketArchiveDirectRead bucketInfo callback callback-var
  cloudboxes cname comp continuation-token cors delete encryption endTime group httpsConfig img inventory
  inventoryId lifecycle link live location logging metaQuery objectInfo objectMeta partNumber policy
  policyStatus position processConfiguration publicAccessBlock qos qosInfo qosRequester redundancyTransition
  referer regionList replication replicationLocation replicationProgress requestPayment requesterQosInfo
  resourceGroup resourcePool resourcePoolBuckets resourcePoolInfo response-cache-control
  response-content-disposition response-content-encoding response-content-language response-content-type
  response-expires responseHeader restore rtc seal security-token sequential startTime stat status style
  styleName symlink tagging transferAcceleration udf udfApplication udfApplicationLog udfId udfImage
  udfImageDesc udfName uploadId uploads userDefinedLogFieldsConfig versionId versioning versions vod website
  withHashContext worm wormExtend wormId`.split(/\s+/),
)

const compareBytes = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)

/** The text that V1 signs. @param date the Date header, or the `Expires` of a URL */
export function readStringToSignV1(request: SignedRequest, date: string): string {
  const { method, bucket, key, headers, query } = request
  const ossHeaders = Object.keys(headers)
    .filter((name) => name.startsWith('x-oss-'))
    .sort(compareBytes)
    .map((name) => `${name}:${(headers[name] ?? '').trim()}\n`)
    .join('')
  const signed = new Map<string, string>()
  for (const [name, value] of query) {
    if (!signed.has(name) && (SUB_RESOURCES.has(name) || name.startsWith('x-oss-'))) {
      signed.set(name, value)
    }
  }
  const subResources = [...signed]
    .sort(([a], [b]) => compareBytes(a, b))
    .map(([name, value]) => (value === '' ? name : `${name}=${value}`))
    .join('&')
  const resource = bucket === undefined ? '/' : `/${bucket}/${key}`
  const lines = [method, headers['content-md5'] ?? '', headers['content-type'] ?? '', date]
  return `${lines.join('\n')}\n${ossHeaders}${resource}${subResources && `?${subResources}`}`
}

export function computeV1(secret: string, text: string): string {
  return toBase64(hmacSha1(toUtf8(secret), text))
}

interface V1Context {
  keys: AccessKeys
  now: Date
}

export function authenticateV1Header(
  request: SignedRequest,
  authorization: string,
  { keys, now }: V1Context,
): Caller {
  const { headers } = request
  const [, id = '', provided = ''] = /^OSS\s+([^:\s]+):(\S+)$/.exec(authorization) ?? []
  if (id === '') {
    throw invalidArgument(
      'The Authorization header is malformed. Expected: OSS <AccessKeyId>:<Signature>',
      'Authorization',
      '',
    )
  }
  const accessKey = findAccessKey(keys, id, headers['x-oss-security-token'], now)
  const date = headers['x-oss-date'] ?? headers.date ?? ''
  const time = new Date(date)
  if (date === '' || Number.isNaN(time.getTime())) {
    throw new OssError('AccessDenied', 'OSS authentication requires a valid Date.')
  }
  checkSkew(time, now)
  checkV1Signature(readStringToSignV1(request, date), accessKey, provided)
  return { kind: 'key', accessKey, via: 'header' }
}

export function authenticateV1Url(
  request: SignedRequest,
  query: Query,
  { keys, now }: V1Context,
): Caller {
  const [id, expires, provided] = ['OSSAccessKeyId', 'Expires', 'Signature'].map((name) =>
    query.get(name),
  )
  if (!id || !expires || !provided) {
    const ec =
      expires === undefined ? '0002-00000067' : expires === '' ? '0002-00000068' : undefined
    throw new OssError(
      'AccessDenied',
      'Query string authentication requires the Signature, Expires and OSSAccessKeyId parameters.',
      ec ? { ec } : {},
    )
  }
  if (!/^\d{1,12}$/.test(expires)) {
    throw new OssError('AccessDenied', 'Invalid date (should be seconds since epoch).', {
      ec: '0002-00000070',
    })
  }
  if (Number(expires) * 1000 < now.getTime()) {
    throw new OssError('AccessDenied', 'Request has expired.', {
      ec: '0002-00000069',
      extras: {
        Expires: new Date(Number(expires) * 1000).toISOString(),
        ServerTime: now.toISOString(),
      },
    })
  }
  if (request.headers['x-oss-security-token'] !== undefined) {
    throw new OssError(
      'InvalidRequest',
      'The security token of a signed URL belongs into its query string, as security-token.',
    )
  }
  const accessKey = findAccessKey(keys, id, query.get('security-token'), now)
  checkV1Signature(readStringToSignV1(request, expires), accessKey, provided)
  return { kind: 'key', accessKey, via: 'url' }
}

/** @throws {OssError} `SignatureDoesNotMatch` */
function checkV1Signature(
  stringToSign: string,
  accessKey: { accessKeyId: string; accessKeySecret: string },
  provided: string,
): void {
  if (equalInConstantTime(computeV1(accessKey.accessKeySecret, stringToSign), provided)) return
  throw signatureMismatch('0002-00000040', accessKey.accessKeyId, provided, { stringToSign })
}
