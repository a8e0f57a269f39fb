/**
 * The service as a handler of Node's own requests, for Express, Koa, Fastify, Nuxt and `node:http`.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { getRequestListener } from '@hono/node-server'

export type NodeHandler = (request: IncomingMessage, response: ServerResponse) => Promise<void>

/** Another parser has read the body: of a request without one but with its length, the service says so. */
function withoutBody(request: Request): Request {
  return new Request(request.url, { method: request.method, headers: request.headers })
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
    await listener(request, response)
  }
}
