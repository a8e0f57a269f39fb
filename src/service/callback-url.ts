/**
 * Where OSS calls back: the address, and whether OSS can reach it.
 *
 * @see https://www.alibabacloud.com/help/en/oss/developer-reference/callback
 */
import { encodeCallback } from '../protocol/callback.ts'
import type { ReadyProfile } from '../signer/profile.ts'
import { isLocalOss, isPrivateHost } from './reachable.ts'
import { isSafeUrl, parseUrl } from './safe-url.ts'

/** The settings that are looked at here. */
interface MountSettings {
  publicUrl: string
  basePath?: string | undefined
  endpoint?: string | undefined
}

function canEncode(url: string): boolean {
  try {
    encodeCallback({ url, body: 'a=1' })
    return true
  } catch {
    return false
  }
}

/** The callback's address: the public URL without its last slash, and the route. */
export function buildCallbackUrl(publicUrl: string): string {
  return `${new URL(publicUrl).href.replace(/\/$/, '')}/callbacks/oss`
}

/** Under which path requests arrive, without a slash at its end; empty: at the root. */
export function readBasePath({ publicUrl, basePath }: MountSettings): string {
  return basePath ?? new URL(publicUrl).pathname.replace(/\/$/, '')
}

const UNREACHABLE =
  'is an address that OSS cannot reach (this machine, a private network, or a name without a domain)'

export function* findPublicUrlIssues({
  publicUrl,
  endpoint,
}: MountSettings): Generator<readonly ['publicUrl', string]> {
  const url = parseUrl(publicUrl ?? '')
  if (!publicUrl) {
    yield ['publicUrl', 'is missing; set it to the https address under which OSS calls back']
  } else if (!url || !isSafeUrl(url)) {
    yield ['publicUrl', 'must be an https URL (http only on this machine)']
  } else if (url.search || url.hash || url.username || url.password) {
    yield ['publicUrl', 'must have no query, fragment or user']
  } else if (!canEncode(buildCallbackUrl(publicUrl))) {
    yield ['publicUrl', 'must be a host name or IPv4 address: OSS calls back to no other']
  } else if (isPrivateHost(url.hostname) && !isLocalOss(endpoint)) {
    yield ['publicUrl', `${UNREACHABLE}; use a tunnel, or a local OSS by its endpoint`]
  }
}

export function* findBasePathIssues({
  basePath = '',
}: MountSettings): Generator<readonly ['basePath', string]> {
  if (basePath !== '' && !/^(?:\/[\w.~!$&'()*+,;=:@%-]+)+$/.test(basePath)) {
    yield [
      'basePath',
      'must begin with a slash, end without one, and have no query, e.g. /api/files',
    ]
  }
}

export function* findDirectIssues(
  profiles: ReadonlyMap<string, ReadyProfile>,
  { endpoint }: MountSettings,
): Generator<readonly ['profiles', string]> {
  if (isLocalOss(endpoint)) return
  for (const [name, { direct }] of profiles) {
    for (const text of [direct?.url ?? []].flat()) {
      const host = parseUrl(text)?.hostname
      if (host !== undefined && isPrivateHost(host)) {
        yield ['profiles', `— ${name}.callback.url ${UNREACHABLE}`]
      }
    }
  }
}
