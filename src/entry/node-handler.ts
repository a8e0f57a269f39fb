/**
 * The service as a handler of Node's own requests, for Express, Koa, Fastify, Nuxt and `node:http`.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import { RequestKindError } from '../service/errors.ts'

export type NodeHandler = (request: IncomingMessage, response: ServerResponse) => Promise<void>

/** Another parser has read the body: of a request without one but with its length, the service says so. */
function withoutBody(request: Request): Request {
  return new Request(request.url, { method: request.method, headers: request.headers })
}

/** @throws {RequestKindError} */
function checkNodeRequest(request: IncomingMessage, response: ServerResponse): void {
  if (typeof request?.method === 'string' && typeof response?.writeHead === 'function') return
  throw new RequestKindError(
    'createNodeHandler(service) takes the request and the response of node:http: in Fastify request.raw and reply.raw, in Koa context.req and context.res. Where the framework has a Request of the Fetch API (Hono, Next.js route handlers, SvelteKit, Elysia), use service.fetch(request).',
  )
}

/** @param service what `createService` returns */
export function createNodeHandler(service: {
  fetch(request: Request): Promise<Response>
}): NodeHandler {
  const listener = getRequestListener(
    (request, env) => {
      const { incoming } = env as { incoming?: IncomingMessage }
      const isConsumed = incoming?.readableEnded === true && request.method === 'POST'
      return service.fetch(isConsumed ? withoutBody(request) : request)
    },
    // Of the program that embeds the service.
    { overrideGlobalObjects: false },
  )
  return async (request, response) => {
    checkNodeRequest(request, response)
    await listener(request, response)
  }
}
