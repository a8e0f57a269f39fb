/** The service inside real frameworks, on real sockets: a whole upload by form and callback in each. */
import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import express from 'express'
import Fastify from 'fastify'
import { createApp, defineEventHandler, toNodeListener, toWebRequest } from 'h3'
import { Hono } from 'hono'
import Koa from 'koa'
import { afterEach, describe, expect, it } from 'vitest'
import { createEmulator } from '../../src/emulator/index.ts'
import { createNodeHandler } from '../../src/entry/node-handler.ts'
import { createService, type Service } from '../../src/service/create-service.ts'
import type { FormTicket } from '../../src/signer/ticket.ts'
import { createBearer } from '../support/bearer.ts'
import { ACCESS_KEY, CALLBACK_KEY } from '../support/keys.ts'
import { buildForm } from '../support/service-with-emulator.ts'
import { createSettings } from '../support/service-with-stub-oss.ts'

const FILE = new TextEncoder().encode('hello')
const UPLOAD = { profile: 'any', name: 'a.txt', type: 'text/plain', size: FILE.length }
const PUBLIC_URL = 'https://api.example.com/api/files'

const servers: Server[] = []

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    server.close()
  }
})

async function listen(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1')
  servers.push(server)
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** A service and an OSS whose callbacks go to wherever `origin` is then. */
function createPair() {
  const place = { origin: '' }
  const oss = createEmulator({
    accessKeys: [ACCESS_KEY],
    buckets: ['examplebucket'],
    callbackKey: { privateKey: CALLBACK_KEY.privateKey, publicKeyUrl: CALLBACK_KEY.url },
    fetch: async (request) => {
      const { pathname, search } = new URL(request.url)
      return fetch(place.origin + pathname + search, {
        method: request.method,
        headers: request.headers,
        body: await request.arrayBuffer(),
      })
    },
  })
  const service = createService({
    ...createSettings(),
    publicUrl: PUBLIC_URL,
    fetch: (input, init) => oss.fetch(new Request(input, init)),
    writeLog: () => {},
  })
  return { place, oss, service }
}

async function ask(origin: string, path = '/api/files/uploads'): Promise<Response> {
  return fetch(origin + path, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${await createBearer({ now: new Date() })}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify(UPLOAD),
  })
}

type Mount = (service: Service) => RequestListener | Promise<RequestListener>

const FRAMEWORKS: [string, Mount][] = [
  ['node:http', (service) => createNodeHandler(service)],
  ['Express, by use', (service) => express().use('/api/files', createNodeHandler(service))],
  ['Express, by all', (service) => express().all('/api/files/*path', createNodeHandler(service))],
  [
    'Fastify',
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
    'Koa',
    (service) => {
      const app = new Koa()
      const handle = createNodeHandler(service)
      app.use((context, next) => {
        if (!context.path.startsWith('/api/files/')) return next()
        context.respond = false
        return handle(context.req, context.res)
      })
      return app.callback() as RequestListener
    },
  ],
  [
    'Hono, by all',
    (service) => {
      const app = new Hono()
      app.all('/api/files/*', (c) => service.fetch(c.req.raw))
      return getRequestListener(app.fetch)
    },
  ],
  [
    'h3, the server of Nuxt',
    (service) => {
      const app = createApp()
      app.use('/api/files', createRoute(service))
      return toNodeListener(app)
    },
  ],
]

function createRoute(service: Service) {
  return defineEventHandler((event) => service.fetch(toWebRequest(event)))
}

describe('the service', () => {
  it.each(FRAMEWORKS)('works inside %s', async (_, mount) => {
    const { place, oss, service } = createPair()
    place.origin = await listen(await mount(service))
    const response = await ask(place.origin)
    expect(response.status).toBe(201)
    const ticket = (await response.json()) as FormTicket
    const stored = await oss.fetch(buildForm(ticket, FILE, 'text/plain'))
    expect(stored.status).toBe(200)
    expect(await stored.json()).toMatchObject({ key: ticket.key, size: FILE.length })
  })

  it('behind a parser that has taken the body says so, and that repeating does not help', async () => {
    const { service } = createPair()
    const handle = createNodeHandler(service)
    const app = express().use(express.json()).use('/api/files', handle)
    const response = await ask(await listen(app))
    expect(response.status).toBe(500)
    expect(await response.json()).toMatchObject({
      error: { code: 'BODY_CONSUMED', retryable: false },
    })
    // Other bodies are none of that parser's business.
    const callback = await fetch(`${await listen(app)}/api/files/callbacks/oss`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: 'a=1',
    })
    expect(callback.status).toBe(403)
  })

  it('handed to Express as it is says what to use', async () => {
    const { service } = createPair()
    const words: unknown[] = []
    const app = express()
      .use('/api/files', service.fetch as never)
      .use(((error, _request, response, _next) => {
        words.push(error)
        response.status(500).end()
      }) as express.ErrorRequestHandler)
    expect((await ask(await listen(app))).status).toBe(500)
    expect(String(words[0])).toMatch(/createNodeHandler\(service\) of oss-upcall\/node/)
  })
})
