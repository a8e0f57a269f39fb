/**
 * The routes. What they need is an argument; what they throw becomes a response in problem.ts.
 */
import { cors } from 'hono/cors'
import { Hono } from 'hono/tiny'
import { CLIENT_PATH, createClientHandler, createDocumentHandler } from './assets.ts'
import { createGetPath } from './base-path.ts'
import { createCallbackHandler } from './callback.ts'
import type { Deps } from './deps.ts'
import { createMetricsHandler } from './metrics.ts'
import { createObserveMiddleware } from './observe.ts'
import { createOperatorHandlers } from './operator.ts'
import { createMethodGuard, createNotFoundHandler, createProblemHandler } from './problem.ts'
import { createReadyHandler } from './ready.ts'
import {
  createCorsMiddleware,
  createResponseMiddleware,
  EXPOSED_HEADERS,
  type ResponseEnv,
  respondJson,
} from './response.ts'
import { passThrough } from './tracing.ts'
import { createUploadHandlers } from './uploads.ts'

export function createApp(deps: Deps) {
  // The small preset: one router is enough for a dozen routes.
  const app = new Hono<ResponseEnv>({ getPath: createGetPath(deps.basePath) })
  const respondProblem = createProblemHandler(deps.log)
  const uploads = createUploadHandlers(deps)
  const operator = createOperatorHandlers(deps)
  const health = JSON.stringify({ status: 'ok', durable: deps.outbox.durable })
  const onlyPost = createMethodGuard('POST', respondProblem)
  const onlyGet = createMethodGuard('GET, HEAD', respondProblem)

  app.use(createResponseMiddleware(deps.newId, deps.buildResponse))
  const { observer, tracing = passThrough } = deps
  if (observer || deps.tracing) app.use(createObserveMiddleware({ observer, tracing }))
  if (deps.allowedOrigins.length > 0) {
    const preflight = cors({
      origin: deps.allowedOrigins.includes('*') ? '*' : [...deps.allowedOrigins],
      allowMethods: ['POST'],
      allowHeaders: [
        'authorization',
        'content-type',
        'idempotency-key',
        'traceparent',
        'tracestate',
      ],
      exposeHeaders: EXPOSED_HEADERS,
      maxAge: 7200,
    })
    const allowOrigins = createCorsMiddleware(deps.allowedOrigins)
    // The pattern matches `/uploads` itself, too.
    for (const path of ['/uploads/*', ...deps.extraRoutes.map((route) => route.path)]) {
      app.options(path, preflight).use(path, allowOrigins)
    }
  }

  app.post('/uploads', uploads.create).all(onlyPost)
  app.post('/uploads/parts', uploads.parts).all(onlyPost)
  app.post('/uploads/state', uploads.state).all(onlyPost)
  app.post('/uploads/confirm', uploads.confirm).all(onlyPost)
  app.post('/uploads/abort', uploads.abort).all(onlyPost)
  for (const { method, path, create } of deps.extraRoutes) {
    const onlyThis = method === 'POST' ? onlyPost : onlyGet
    app.on(method, path, create(deps, uploads.authenticate)).all(onlyThis)
  }
  app.post('/callbacks/oss', createCallbackHandler(deps)).all(onlyPost)
  app.get('/operator/deliveries', operator.deliveries).all(onlyGet)
  app.get('/operator/dead', operator.dead).all(onlyGet)
  app.post('/operator/dead/replay', operator.replay).all(onlyPost)
  app.post('/operator/sweep', operator.sweep).all(onlyPost)
  app.get(CLIENT_PATH, createClientHandler(deps.assets)).all(onlyGet)
  app.get('/openapi.json', createDocumentHandler(deps.assets)).all(onlyGet)
  app.get('/metrics', createMetricsHandler(deps.metrics)).all(onlyGet)
  app.get('/healthz', (c) => respondJson(c, health)).all(onlyGet)
  app.get('/readyz', createReadyHandler(deps)).all(onlyGet)

  app.notFound(createNotFoundHandler(respondProblem, deps.explainMissing))
  app.onError(respondProblem)
  return app
}
