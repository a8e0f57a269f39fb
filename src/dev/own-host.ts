/**
 * Whether a request was meant for this dev server. A foreign page can point a name of its own at 127.0.0.1 (DNS
 * rebinding) and would then be of the same origin as the demo page, which hands out tokens: only its `Host` tells.
 */
import type { Emulator } from '../emulator/index.ts'

/** Without a port, in lower case, without the dot of a fully qualified name. */
function readName(host: string): string {
  const { name = '' } =
    /^(?<name>\[[^\]]*\]|[^:]*)(?::\d*)?$/.exec(host.toLowerCase())?.groups ?? {}
  return name.replace(/\.$/, '')
}

const LOOPBACK = /^(?:localhost|[\w-]+(?:\.[\w-]+)*\.localhost|127(?:\.\d{1,3}){3}|\[::1\])$/

/**
 * @param host the header, or the authority of an absolute request target, which wins over it
 * @param allowed further names, e.g. of a tunnel
 */
export function isOwnHost(
  host: string | null | undefined,
  allowed: readonly string[] = [],
): boolean {
  const name = readName(host ?? '')
  return LOOPBACK.test(name) || (name !== '' && allowed.includes(name))
}

/** `UPCALL_DEV_HOSTS`: names, separated by commas. */
export function readAllowedHosts(text: string | undefined): string[] {
  return (text ?? '')
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter(Boolean)
}

const REFUSAL =
  'This dev server hands out tokens, so it responds to localhost alone. To reach it under another name, start it with UPCALL_DEV_HOSTS=<name>.\n'
const REFUSAL_HEADERS = { 'content-type': 'text/plain; charset=utf-8' }

/** @returns a response for a request that was meant for another host, or nothing */
export function refuseForeignHost(
  request: Request,
  allowed: readonly string[],
): Response | undefined {
  const inTarget = new URL(request.url).host
  const hosts = [request.headers.get('host') ?? inTarget, inTarget]
  if (hosts.every((host) => isOwnHost(host, allowed))) return undefined
  return new Response(REFUSAL, { status: 421, headers: REFUSAL_HEADERS })
}

/** The local OSS, for requests that were meant for it. One without a host is left to it: browsers send none. */
export function guardEmulator(
  { ready, handle }: Pick<Emulator, 'ready' | 'handle'>,
  allowed: readonly string[],
): Pick<Emulator, 'ready' | 'handle'> {
  return {
    ready,
    async handle(request, adapter) {
      const [, inTarget] = /^[a-z]+:\/\/([^/?]*)/i.exec(request.target) ?? []
      const hosts = [request.headers.host, inTarget].filter((host) => host !== undefined)
      if (hosts.every((host) => isOwnHost(host, allowed))) return handle(request, adapter)
      return { status: 421, headers: REFUSAL_HEADERS, body: REFUSAL }
    },
  }
}
