/**
 * Which hosts OSS can reach to call back: public ones, by name or IPv4 address.
 *
 * @see https://www.alibabacloud.com/help/en/oss/developer-reference/callback
 * @see https://www.rfc-editor.org/rfc/rfc6890
 */
import { parseUrl } from './safe-url.ts'

const PRIVATE_V4 =
  /^(?:0|10|127|169\.254|172\.(?:1[6-9]|2\d|3[01])|192\.168|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7]))\./

/** Names that are never in the public DNS: RFC 6761, RFC 8375, and what routers and clouds hand out. */
const PRIVATE_SUFFIX = /\.(?:localhost|local|localdomain|internal|lan|home\.arpa|test|invalid)$/

/** @param hostname as `URL.hostname` spells it */
export function isPrivateHost(hostname: string): boolean {
  const host = hostname.replace(/\.$/, '')
  if (host.startsWith('[')) return true
  return !host.includes('.') || PRIVATE_V4.test(host) || PRIVATE_SUFFIX.test(host)
}

/** An OSS on this machine or in this network, such as the emulator: it reaches what is near it. */
export function isLocalOss(endpoint: string | undefined): boolean {
  const url = endpoint === undefined ? undefined : parseUrl(endpoint)
  return url !== undefined && isPrivateHost(url.hostname)
}
