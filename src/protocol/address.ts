/**
 * The address of a bucket or object: host and path of a request, by endpoint and addressing.
 *
 * @see https://www.alibabacloud.com/help/en/oss/user-guide/regions-and-endpoints
 */
import { encodePath } from './bytes.ts'
import { memoize } from './cache.ts'
import { ProtocolError } from './errors.ts'
import { checkObjectKey } from './object-key.ts'

/** `virtual`: bucket.endpoint/key · `path`: endpoint/bucket/key · `cname`: endpoint/key, a custom domain of the bucket. */
export type Addressing = 'virtual' | 'path' | 'cname'

export interface Address {
  bucket: string
  key?: string | undefined
  region: string
  /** @default `https://oss-<region>.aliyuncs.com` */
  endpoint?: string | undefined
  /** @default `path` for an IP address or localhost, else `virtual` */
  addressing?: Addressing | undefined
}

export interface Place {
  /** The canonical URI: always with the bucket, for every addressing. */
  canonicalUri: string
  /** As in the `Host` header. */
  host: string
  /** Scheme, host and encoded path; no query. */
  url: string
}

const BUCKET = /^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/
const REGION = /^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/
const IP_ADDRESS = /^(?:\d{1,3}(?:\.\d{1,3}){3}|\[[0-9a-f:.]+\])$/

interface Endpoint {
  scheme: string
  host: string
  pathStyle: boolean
}

/**
 * Cached, because a service has one or two endpoints and parsing a URL costs as much as a signature.
 *
 * @throws {ProtocolError} `REQUEST` when it is more than scheme and host
 */
export const parseEndpoint = memoize(
  (endpoint: string): Endpoint => {
    let url: URL
    try {
      url = new URL(endpoint.includes('://') ? endpoint : `https://${endpoint}`)
    } catch (cause) {
      throw new ProtocolError('REQUEST', 'The endpoint is not a URL.', { cause })
    }
    const isBare =
      url.pathname === '/' && !url.search && !url.hash && !url.username && !url.password
    if (!isBare || !/^https?:$/.test(url.protocol)) {
      throw new ProtocolError('REQUEST', 'The endpoint must be http(s) and a host, nothing else.')
    }
    return {
      scheme: url.protocol,
      host: url.host,
      pathStyle: IP_ADDRESS.test(url.hostname) || url.hostname === 'localhost',
    }
  },
  { maxEntries: 16 },
)

/** @throws {ProtocolError} `REQUEST` for a name that no region can have */
export function checkRegion(region: string): void {
  if (!REGION.test(region) || region.startsWith('oss-')) {
    throw new ProtocolError(
      'REQUEST',
      'The region must be an id such as cn-hangzhou, without oss-.',
    )
  }
}

/** @throws {ProtocolError} `REQUEST` for a name that no bucket can have */
export function checkBucket(bucket: string): void {
  if (!BUCKET.test(bucket)) {
    throw new ProtocolError('REQUEST', 'The bucket must be 3 to 63 of a-z, 0-9 and inner hyphens.')
  }
}

/**
 * @throws {ProtocolError} `REQUEST` for a bucket, region or endpoint that cannot be, `OBJECT_KEY` for such a key
 */
export function buildPlace({ bucket, key, region, endpoint, addressing }: Address): Place {
  checkBucket(bucket)
  checkRegion(region)
  if (key !== undefined) checkObjectKey(key)
  const path = key === undefined ? '/' : `/${encodePath(key)}`
  const canonicalUri = `/${bucket}${path}`
  if (endpoint === undefined && addressing !== 'path') {
    const host = `${bucket}.oss-${region}.aliyuncs.com`
    return { host, url: `https://${host}${path}`, canonicalUri }
  }
  const { scheme, host, pathStyle } = parseEndpoint(endpoint ?? `oss-${region}.aliyuncs.com`)
  switch (addressing ?? (pathStyle ? 'path' : 'virtual')) {
    case 'path':
      return { host, url: `${scheme}//${host}${canonicalUri}`, canonicalUri }
    case 'cname':
      return { host, url: `${scheme}//${host}${path}`, canonicalUri }
    case 'virtual':
      return { host: `${bucket}.${host}`, url: `${scheme}//${bucket}.${host}${path}`, canonicalUri }
  }
}
