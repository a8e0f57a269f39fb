/**
 * Port: the browser client as files. On Workers the platform's own asset store, elsewhere a handful of files in memory.
 *
 * @see https://www.w3.org/TR/SRI/#cors-settings-attribute
 */
import { sha256Hex } from '../protocol/crypto.ts'
import { ServiceError } from './errors.ts'
import { respond, type ServiceContext } from './response.ts'

export interface Assets {
  /** Responds 200 with the file, 304 when the request's ETag still holds, 404 for others. */
  fetch(request: Request): Promise<Response>
}

/** @param files by path with its slash, e.g. `/client.js` */
export function createMemoryAssets(files: Readonly<Record<string, Uint8Array>>): Assets {
  const known = new Map(
    Object.entries(files).map(([path, bytes]) => {
      return [path, { bytes: new Uint8Array(bytes), etag: `"${sha256Hex(bytes).slice(0, 32)}"` }]
    }),
  )
  return {
    async fetch(request) {
      const file = known.get(new URL(request.url).pathname)
      if (!file) return new Response(null, { status: 404 })
      const { bytes, etag } = file
      if (request.headers.get('if-none-match')?.includes(etag)) {
        return new Response(null, { status: 304, headers: { etag } })
      }
      return new Response(bytes, { headers: { etag, 'content-length': String(bytes.length) } })
    },
  }
}

/** A module of the client, and its twin with eight hex digits of its content in the name: that one never changes. */
export const CLIENT_PATH = '/:file{[a-z][a-z-]*(?:\\.[0-9a-f]{8})?\\.m?js}'
const HASHED = /\.[0-9a-f]{8}\.m?js$/

/** Asset stores know no path that the service is mounted under. */
function atOwnPath(c: ServiceContext): Request {
  const url = new URL(c.req.url)
  if (url.pathname === c.req.path) return c.req.raw
  url.pathname = c.req.path
  return new Request(url, { method: c.req.method, headers: c.req.raw.headers })
}

/** Serves files to pages of any origin. @param missing words of the 404 */
function createFileHandler(
  assets: Assets | undefined,
  missing: string,
  describe: (path: string) => Record<string, string>,
) {
  return async (c: ServiceContext): Promise<Response> => {
    const found = await assets?.fetch(atOwnPath(c))
    const status = found?.status
    if (!found || (status !== 200 && status !== 304)) throw new ServiceError('NOT_FOUND', missing)
    const etag = found.headers.get('etag')
    return respond(c, found.body, status, {
      'access-control-allow-origin': '*',
      ...describe(c.req.path),
      ...(etag !== null && { etag }),
    })
  }
}

/** With CORS, because a script with an `integrity` needs it. */
export function createClientHandler(assets: Assets | undefined) {
  return createFileHandler(
    assets,
    'The browser client is not there under this name; on a server of your own, build it first.',
    (path) => ({
      'content-type': 'text/javascript; charset=utf-8',
      'cross-origin-resource-policy': 'cross-origin',
      'cache-control': HASHED.test(path)
        ? 'public, max-age=31536000, immutable'
        : 'public, max-age=3600',
    }),
  )
}

/** The description of this service, made when the package was built. */
export function createDocumentHandler(assets: Assets | undefined) {
  return createFileHandler(
    assets,
    'The description is not there; build the package first.',
    () => ({
      'content-type': 'application/json',
      'cache-control': 'public, max-age=3600',
    }),
  )
}
