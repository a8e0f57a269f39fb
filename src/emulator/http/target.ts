/**
 * Finds bucket, key and query in the request line and the Host header. Nothing is normalised: `//`, `.` and `..`
 * are part of the key.
 *
 * @see https://www.alibabacloud.com/help/en/oss/user-guide/regions-and-endpoints
 */
import { invalidArgument, OssError } from './errors.ts'
import { MAX_KEY_BYTES } from './limits.ts'

export interface Query {
  /** In the order of the request, decoded; a parameter without a value has `''`. */
  pairs: [name: string, value: string][]
  /** The first value of that name. */
  get(name: string): string | undefined
  has(name: string): boolean
}

export interface Target {
  /** Undefined for calls to the service as a whole. */
  bucket: string | undefined
  /** Decoded; empty for calls to the bucket. */
  key: string
  /** As on the request line, without the query. */
  path: string
  query: Query
}

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const encoder = new TextEncoder()

/** Decodes percent-encoding, once; a stray `%` stays. Undefined when the bytes are not UTF-8. */
export function decodePercent(text: string): string | undefined {
  const source = encoder.encode(text)
  if (!source.includes(0x25)) return text
  const bytes = new Uint8Array(source.length)
  let size = 0
  for (let at = 0; at < source.length; at += 1) {
    const pair = source[at] === 0x25 ? readPair(source, at) : undefined
    bytes[size] = pair ?? source[at] ?? 0
    size += 1
    if (pair !== undefined) at += 2
  }
  try {
    return strict.decode(bytes.subarray(0, size))
  } catch {
    return undefined
  }
}

function readPair(source: Uint8Array, at: number): number | undefined {
  const pair = String.fromCharCode(source[at + 1] ?? 0, source[at + 2] ?? 0)
  return /^[0-9A-Fa-f]{2}$/.test(pair) ? Number.parseInt(pair, 16) : undefined
}

function decodeQueryPart(text: string): string {
  const decoded = decodePercent(text.replaceAll('+', ' '))
  if (decoded === undefined) throw invalidArgument('The query string is not valid UTF-8.')
  return decoded
}

// A bound of this program.
const MAX_QUERY_PARAMETERS = 1000

/** @throws {OssError} `InvalidArgument` when the query is not UTF-8 or has too many parameters */
export function parseQuery(raw: string): Query {
  const items = raw.split('&').filter((item) => item !== '')
  if (items.length > MAX_QUERY_PARAMETERS) {
    throw invalidArgument(`The query string has more than ${MAX_QUERY_PARAMETERS} parameters.`)
  }
  const pairs = items.map((item): [string, string] => {
    const equals = item.indexOf('=')
    if (equals < 0) return [decodeQueryPart(item), '']
    return [decodeQueryPart(item.slice(0, equals)), decodeQueryPart(item.slice(equals + 1))]
  })
  const get = (name: string) => pairs.find(([known]) => known === name)?.[1]
  return { pairs, get, has: (name) => get(name) !== undefined }
}

/** A host without its port, lower case. */
export function readHostName(host: string): string {
  return host
    .replace(/:\d*$/, '')
    .replace(/^\[(.*)\]$/, '$1')
    .toLowerCase()
}

/**
 * IP addresses and names without a dot cannot hold a bucket: there it is the first part of the path.
 *
 * @param host with or without a port
 */
export function isPathStyle(host: string): boolean {
  const hostName = readHostName(host)
  return !hostName.includes('.') || /^\d+\.\d+\.\d+\.\d+$/.test(hostName) || hostName.includes(':')
}

const PUBLIC_ENDPOINT =
  /^(?:oss-[a-z0-9-]+\.aliyuncs\.com|[a-z0-9-]+\.oss\.aliyuncs\.com|oss-accelerate(?:-overseas)?\.aliyuncs\.com)$/

/**
 * @param customDomains host name → bucket
 * @throws {OssError} `SecondLevelDomainForbidden`, `InvalidArgument`, `InvalidObjectName`, `BadRequest` without a host
 */
export function parseTarget(
  target: string,
  host: string,
  customDomains: ReadonlyMap<string, string>,
): Target {
  const origin = /^https?:\/\/[^/?]*/i.exec(target)?.[0] ?? ''
  const rest = target.slice(origin.length)
  const mark = rest.indexOf('?')
  const path = (mark < 0 ? rest : rest.slice(0, mark)) || '/'
  const query = parseQuery(mark < 0 ? '' : rest.slice(mark + 1))
  const hostName = readHostName(host)
  if (hostName === '') throw new OssError('BadRequest', 'The request has no Host header.')
  const custom = customDomains.get(hostName)
  if (custom !== undefined) return { bucket: custom, key: decodeKey(path.slice(1)), path, query }
  if (isPathStyle(hostName)) {
    const slash = path.indexOf('/', 1)
    const bucket = slash < 0 ? path.slice(1) : path.slice(1, slash)
    const key = slash < 0 ? '' : decodeKey(path.slice(slash + 1))
    return { bucket: bucket === '' ? undefined : bucket, key, path, query }
  }
  if (PUBLIC_ENDPOINT.test(hostName)) {
    if (path === '/') return { bucket: undefined, key: '', path, query }
    throw new OssError(
      'SecondLevelDomainForbidden',
      'The bucket you are attempting to access must be addressed using OSS third level domain.',
    )
  }
  const bucket = hostName.slice(0, hostName.indexOf('.'))
  return { bucket, key: decodeKey(path.slice(1)), path, query }
}

/** The region of a public endpoint; undefined for other hosts and for the acceleration endpoint. */
export function readEndpointRegion(host: string): string | undefined {
  const region = /(?:^|\.)oss-([a-z0-9-]+?)(?:-internal)?\.aliyuncs\.com$/.exec(
    readHostName(host),
  )?.[1]
  return region?.startsWith('accelerate') ? undefined : region
}

function decodeKey(raw: string): string {
  const key = decodePercent(raw)
  if (key === undefined) {
    throw new OssError('InvalidObjectName', 'The specified object is not valid: it is not UTF-8.')
  }
  return key
}

/** @throws {OssError} `InvalidObjectName` for a key that is empty, longer than 1023 bytes, or begins with `/` or `\` */
export function checkKey(key: string): void {
  if (key === '') throw new OssError('InvalidObjectName', 'The Object name can not be empty.')
  if (encoder.encode(key).length > MAX_KEY_BYTES) {
    throw new OssError('InvalidObjectName', 'The Length of Object name must be less than 1024.')
  }
  if (/^[/\\]/.test(key)) {
    throw new OssError('InvalidObjectName', 'The specified object is not valid.')
  }
}

const BUCKET_NAME = /^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/

/** @throws {OssError} `InvalidBucketName` */
export function checkBucketName(bucket: string): void {
  if (!BUCKET_NAME.test(bucket)) {
    throw new OssError('InvalidBucketName', 'The specified bucket is not valid.', {
      ec: '0015-00000001',
      extras: { BucketName: bucket },
    })
  }
}
