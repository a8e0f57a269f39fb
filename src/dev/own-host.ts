/**
 * Whether a request was meant for this dev server. A foreign page can point a name of its own at 127.0.0.1 (DNS
 * rebinding) and would then be of the same origin as the demo page, which hands out tokens: only its `Host` tells.
 */

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

/** @returns a response for a request that was meant for another host, or nothing */
export function refuseForeignHost(
  request: Request,
  allowed: readonly string[],
): Response | undefined {
  if (isOwnHost(request.headers.get('host') ?? new URL(request.url).host, allowed)) return undefined
  return new Response(
    'This dev server hands out tokens, so it responds to localhost alone. To reach it under another name, start it with UPCALL_DEV_HOSTS=<name>.\n',
    { status: 421, headers: { 'content-type': 'text/plain; charset=utf-8' } },
  )
}
