/**
 * What goes wrong where another program mounts the service: a service under a path that its settings do not name, no files
 * of the browser client, a call with other objects. Each says what to do. The Worker has none of these, and not this file.
 */
import type { Assets } from './assets.ts'
import { readBasePath } from './callback-url.ts'
import { RequestKindError, ServiceError } from './errors.ts'

/** @returns nothing where the address means nothing */
export type ExplainMissing = (path: string) => ServiceError | undefined

/** The end of a path of this service. */
const OWN_END =
  /^(.*)\/(?:uploads(?:\/(?:parts|state|confirm|abort))?|callbacks\/oss|healthz|readyz)$/

/** @param basePath as in `Deps`: where the service expects its requests; empty: at the root */
export function createExplainMissing(basePath: string): ExplainMissing {
  const words = basePath === '' ? 'the root of the site' : basePath
  return (path) => {
    const prefix = OWN_END.exec(path)?.[1]
    if (prefix === undefined || prefix === '' || prefix === basePath) return undefined
    return new ServiceError(
      'MOUNT_PATH',
      `This request came under another path than ${words}, where the service expects its requests. Let publicUrl end in the path under which the service is mounted (or name that path as basePath), and use the same address as endpoint in the page.`,
    )
  }
}

/** For a service that was given no files: a request for one says how to give them. */
export function createMissingAssets(): Assets {
  return {
    async fetch() {
      throw new ServiceError(
        'CLIENT_FILES_MISSING',
        'This service was given no files of the browser client. Set assets: readClientFiles() of oss-upcall/node, or bundle oss-upcall/client with the page.',
      )
    },
  }
}

/**
 * Frameworks on Node's own requests hand over other objects; their first error would be far from the mistake.
 *
 * @throws {RequestKindError}
 */
export function checkRequest(request: Request): void {
  if (typeof request?.url === 'string' && typeof request.headers?.get === 'function') return
  throw new RequestKindError(
    'service.fetch takes a Request of the Fetch API. In Express, Koa, Fastify or node:http use createNodeHandler(service) of oss-upcall/node; in Hono service.fetch(c.req.raw), in Elysia and SvelteKit service.fetch(request).',
  )
}

export function withRequestCheck<S extends { fetch(request: Request): Promise<Response> }>(
  service: S,
): S {
  return {
    ...service,
    async fetch(request: Request) {
      checkRequest(request)
      return service.fetch(request)
    },
  }
}

/** The options of a service that says what is wrong with how it is mounted. */
export function addExplanations<
  O extends { publicUrl: string; basePath?: string | undefined; assets?: Assets | undefined },
>(options: O): O & { assets: Assets; explainMissing: ExplainMissing } {
  return {
    ...options,
    assets: options.assets ?? createMissingAssets(),
    // Not before a request: the settings are checked meanwhile.
    explainMissing: (path) => createExplainMissing(readBasePath(options))(path),
  }
}
