/**
 * The path under which the service is mounted. Frameworks differ: Hono, Fastify, Koa and Next hand over the whole path,
 * Express's `use` and proxies take the mounted part away. Both work.
 */
import { getPath } from 'hono/utils/url'

/** What the service's own paths begin with. */
const OWN_PATH =
  /^\/(?:(?:uploads|objects)(?:\/|$)|callbacks\/|operator\/|healthz$|readyz$|openapi\.json$|[a-z][\w.-]*\.m?js$)/

function decode(path: string): string {
  try {
    return decodeURI(path)
  } catch {
    return path
  }
}

/**
 * @param basePath percent-encoded, as in a URL; empty: none
 * @returns the path of a request inside the service, as hono's router wants it
 */
export function createGetPath(basePath: string): (request: Request) => string {
  const base = decode(basePath).replace(/\/+$/, '')
  if (base === '') return getPath
  return (request) => {
    const path = getPath(request)
    if (!path.startsWith(`${base}/`)) return path
    const inner = path.slice(base.length)
    // Under `/uploads`, the path `/uploads/parts` may be whole or without its mounted part.
    return OWN_PATH.test(inner) ? inner : path
  }
}
