/**
 * Where a bucket lives: host and path of a request, by endpoint and addressing.
 *
 * @see https://www.alibabacloud.com/help/en/oss/user-guide/regions-and-endpoints
 */
import { encodePath } from './bytes.ts'
import { ProtocolError } from './errors.ts'
import { checkObjectKey } from './object-key.ts'
import { remember } from './remember.ts'

/** `virtual`: bucket.endpoint/key · `path`: endpoint/bucket/key · `cname`: endpoint/key, a bucket's own domain. */
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
  /** The canonical URI: always with the bucket, whatever the addressing. */
  canonicalUri: string
  /** Host as the `Host` header carries it. */
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
 * Remembered, because a service has one or two endpoints, and parsing a URL costs as much as the signature itself.
 *
 * @throws {ProtocolError} `REQUEST` when it is not scheme and host alone
 */
export const parseEndpoint = remember(16, (endpoint): Endpoint => {
  let url: URL
  try {
    url = new URL(endpoint.includes('://') ? endpoint : `https://${endpoint}`)
  } catch (cause) {
    throw new ProtocolError('REQUEST', 'The endpoint is not a URL.', { cause })
  }
  const bare = url.pathname === '/' && !url.search && !url.hash && !url.username && !url.password
  if (!bare || !/^https?:$/.test(url.protocol)) {
    throw new ProtocolError('REQUEST', 'The endpoint must be http(s) and a host, nothing else.')
  }
  return {
    scheme: url.protocol,
    host: url.host,
    pathStyle: IP_ADDRESS.test(url.hostname) || url.hostname === 'localhost',
  }
})

/** @throws {ProtocolError} `REQUEST` for a name that no region has */
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
 * @throws {ProtocolError} `REQUEST` for an impossible bucket, region or endpoint, `OBJECT_KEY` for the key
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
