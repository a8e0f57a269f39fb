/** The service inside servers of Node, on real sockets. Those of the recipes are in test/frameworks. */
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import express from 'express'
import Fastify from 'fastify'
import { createApp, defineEventHandler, readRawBody, toNodeListener, toWebRequest } from 'h3'
import { Hono } from 'hono'
import Koa from 'koa'
import { afterEach, describe, expect, it } from 'vitest'
import { createNodeHandler } from '../../src/entry/node-handler.ts'
import type { Service } from '../../src/service/create-service.ts'
import { ask, closeServers, createEmbeddedService, listen } from '../support/embedded-service.ts'

type Mount = (service: Service) => RequestListener | Promise<RequestListener>

afterEach(closeServers)

const SERVERS: [string, Mount][] = [
  ['node:http', (service) => createNodeHandler(service)],
  ['Express, by all', (service) => express().all('/api/files/*path', createNodeHandler(service))],
  [
    'Fastify, by a scope without parsers',
    async (service) => {
      const app = Fastify()
      const handle = createNodeHandler(service)
      await app.register(async (scope) => {
        scope.removeAllContentTypeParsers()
        scope.addContentTypeParser('*', (_request, _payload, done) => done(null))
        scope.all('/api/files/*', (request, reply) => {
          reply.hijack()
          return handle(request.raw, reply.raw)
        })
      })
      await app.ready()
      return app.routing as RequestListener
    },
  ],
  [
    'h3, by its middleware',
    (service) => {
      const app = createApp()
      app.use('/api/files', createRoute(service))
      return toNodeListener(app)
    },
  ],
  [
    'h3, which keeps what its readBody has read',
    (service) => {
      const app = createApp()
      app.use(defineEventHandler((event) => readRawBody(event).then(() => undefined)))
      app.use('/api/files', createRoute(service))
      return toNodeListener(app)
    },
  ],
]

function createRoute(service: Service) {
  return defineEventHandler((event) => service.fetch(toWebRequest(event)))
}

describe('the service', () => {
  it.each(SERVERS)('works inside %s', async (_, mount) => {
    const { service, upload } = createEmbeddedService()
    await upload(await mount(service))
  })
})

/** Each reads the body, then hands the request on. */
const EATERS: [string, Mount][] = [
  [
    'express.json()',
    (service) => express().use(express.json()).use('/api/files', createNodeHandler(service)),
  ],
  [
    'Fastify’s own parsers',
    async (service) => {
      const app = Fastify()
      const handle = createNodeHandler(service)
      app.all('/api/files/*', (request, reply) => {
        reply.hijack()
        return handle(request.raw, reply.raw)
      })
      await app.ready()
      return app.routing as RequestListener
    },
  ],
  [
    'a parser of Koa',
    (service) => {
      const app = new Koa()
      const handle = createNodeHandler(service)
      app.use(async (context) => {
        for await (const _ of context.req);
        context.respond = false
        await handle(context.req, context.res)
      })
      return app.callback() as RequestListener
    },
  ],
  [
    'a middleware of Hono',
    (service) => {
      const app = new Hono()
      app.use(async (c, next) => {
        await c.req.raw.text()
        await next()
      })
      app.all('/api/files/*', (c) => service.fetch(c.req.raw))
      return getRequestListener(app.fetch)
    },
  ],
]

describe('a body that was read before', () => {
  it.each(EATERS)(
    'by %s: the service says so, and that repeating does not help',
    async (_, mount) => {
      const response = await ask(await listen(await mount(createEmbeddedService().service)))
      expect(response.status).toBe(500)
      expect(await response.json()).toMatchObject({
        error: {
          code: 'BODY_CONSUMED',
          message: expect.stringContaining('mount the service before it'),
          retryable: false,
        },
      })
    },
  )

  it('of another type is none of that parser’s business', async () => {
    const handle = createNodeHandler(createEmbeddedService().service)
    const app = express().use(express.json()).use('/api/files', handle)
    const response = await fetch(`${await listen(app)}/api/files/callbacks/oss`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: 'a=1',
    })
    expect(response.status).toBe(403)
  })
})

describe('the wrong kind of function', () => {
  it('is named when Express gets service.fetch', async () => {
    const { service } = createEmbeddedService()
    const errors: unknown[] = []
    const app = express()
      .use('/api/files', service.fetch as never)
      .use(((error, _request, response, _next) => {
        errors.push(error)
        response.status(500).end()
      }) as express.ErrorRequestHandler)
    expect((await ask(await listen(app))).status).toBe(500)
    expect(errors).toMatchObject([
      { code: 'REQUEST_KIND', message: expect.stringContaining('createNodeHandler(service)') },
    ])
  })

  it.each([
    ['a Request of the Fetch API', new Request('https://api.example.com/api/files/healthz'), {}],
    ['a context of Hono', { req: {}, res: {} }, async () => {}],
    ['nothing', undefined, undefined],
  ])('is named when the handler for Node gets %s', async (_, request, response) => {
    const handle = createNodeHandler(createEmbeddedService().service)
    const called = handle(request as never as IncomingMessage, response as never as ServerResponse)
    await expect(called).rejects.toMatchObject({
      code: 'REQUEST_KIND',
      message: expect.stringContaining('service.fetch(request)'),
    })
  })
})
