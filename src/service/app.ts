/**
 * The routes. Everything they need is an argument; everything they throw becomes an answer in `problem.ts`.
 */
import type { Context } from 'hono'
import { cors } from 'hono/cors'
import { Hono } from 'hono/tiny'
import type { CredentialsSource } from '../signer/credentials.ts'
import type { ReadyProfile } from '../signer/profile.ts'
import type { TicketContext } from '../signer/ticket-context.ts'
import {
  answerJson,
  createOpening,
  createOriginCheck,
  EXPOSED_HEADERS,
  type MakeAnswer,
} from './answer.ts'
import { type Assets, CLIENT_PATH, createClientHandler } from './assets.ts'
import type { Authenticate } from './auth.ts'
import { createCallbackHandler } from './callback.ts'
import type { Deliver } from './delivery.ts'
import type { Log } from './log.ts'
import type { OssClient } from './oss-client.ts'
import { createMethodGuard, createNotFoundHandler, createProblemHandler } from './problem.ts'
import { createUploadHandlers } from './uploads.ts'

export interface Deps {
  ticketContext: TicketContext
  credentials: CredentialsSource
  profiles: ReadonlyMap<string, ReadyProfile>
  authenticate: Authenticate
  oss: OssClient
  deliver: Deliver
  /** Path that OSS was told, percent-encoded. */
  callbackPath: string
  callbackKeys?: Readonly<Record<string, string>> | undefined
  allowedOrigins: readonly string[]
  assets?: Assets | undefined
  makeAnswer: MakeAnswer
  log: Log
  now: () => Date
  /** 22 characters of Base64url, fresh and unguessable. */
  newId: () => string
}

export function createApp(deps: Deps) {
  // The small preset: a dozen plain routes need no choice among routers.
  const app = new Hono()
  const answerProblem = createProblemHandler(deps.log)
  const uploads = createUploadHandlers(deps)
  const onlyPost = createMethodGuard('POST', answerProblem)
  const onlyGet = createMethodGuard('GET, HEAD', answerProblem)

  app.use(createOpening(deps.newId, deps.makeAnswer))
  if (deps.allowedOrigins.length > 0) {
    const preflight = cors({
      origin: deps.allowedOrigins.includes('*') ? '*' : [...deps.allowedOrigins],
      allowMethods: ['POST'],
      allowHeaders: ['authorization', 'content-type'],
      exposeHeaders: EXPOSED_HEADERS,
      maxAge: 7200,
    })
    // `/uploads` itself is among them.
    app.options('/uploads/*', preflight).use('/uploads/*', createOriginCheck(deps.allowedOrigins))
  }

  app.post('/uploads', uploads.create).all(onlyPost)
  app.post('/uploads/parts', uploads.parts).all(onlyPost)
  app.post('/uploads/state', uploads.state).all(onlyPost)
  app.post('/uploads/confirm', uploads.confirm).all(onlyPost)
  app.post('/uploads/abort', uploads.abort).all(onlyPost)
  app.post('/callbacks/oss', createCallbackHandler(deps)).all(onlyPost)
  app.get(CLIENT_PATH, createClientHandler(deps.assets)).all(onlyGet)
  app.get('/healthz', (c: Context) => answerJson(c, '{"status":"ok"}')).all(onlyGet)

  app.notFound(createNotFoundHandler(answerProblem))
  app.onError(answerProblem)
  return app
}
