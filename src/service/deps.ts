/** What the routes are given. */
import type { Identity } from '../signer/claims.ts'
import type { CredentialsSource } from '../signer/credentials.ts'
import type { ReadyProfile } from '../signer/profile.ts'
import type { TicketContext } from '../signer/ticket-context.ts'
import type { Assets } from './assets.ts'
import type { Authenticate } from './auth.ts'
import type { AskBeforeUpload } from './before-upload.ts'
import type { Outbox } from './delivery/outbox.ts'
import type { Sweep } from './delivery/sweep.ts'
import type { ExplainMissing } from './embedding.ts'
import type { Log } from './log.ts'
import type { MetricsSettings } from './metrics.ts'
import type { Observer } from './observer.ts'
import type { OssClient } from './oss-client.ts'
import type { CheckQuota } from './quota.ts'
import type { RateGuard } from './rate-guard.ts'
import type { BuildResponse, ServiceContext } from './response.ts'
import type { Tracing } from './tracing.ts'

type Handler = (c: ServiceContext) => Promise<Response>

/** A route that not every service has. */
export interface ExtraRoute {
  method: 'GET' | 'POST'
  path: string
  /** @param authenticate the user of a request, within the limits */
  create(deps: Deps, authenticate: (c: ServiceContext) => Promise<Identity>): Handler
}

export interface Deps {
  ticketContext: TicketContext
  credentials: CredentialsSource
  profiles: ReadonlyMap<string, ReadyProfile>
  authenticate: Authenticate
  rateGuard: RateGuard
  /** Absent: nobody is asked. */
  beforeUpload?: AskBeforeUpload | undefined
  checkQuota?: CheckQuota | undefined
  oss: OssClient
  outbox: Outbox
  sweep: Sweep
  /** Absent: the operator's routes do not exist. */
  operatorToken?: string | undefined
  /** Where the service is mounted, percent-encoded, without a slash at its end; empty: at the root. */
  basePath: string
  extraRoutes: readonly ExtraRoute[]
  /** Path of the callback URL that OSS was told, percent-encoded. */
  callbackPath: string
  callbackKeys?: Readonly<Record<string, string>> | undefined
  allowedOrigins: readonly string[]
  assets?: Assets | undefined
  /** Absent: an address without a route is just not there. */
  explainMissing?: ExplainMissing | undefined
  buildResponse: BuildResponse
  /** Absent: nothing is measured. */
  observer?: Observer | undefined
  /** Absent: traces pass through. */
  tracing?: Tracing | undefined
  /** Absent: the route does not exist. */
  metrics?: MetricsSettings | undefined
  log: Log
  /** For warnings that a sender could cause at will. */
  warnLimited: Log['warning']
  now: () => Date
  /** 22 characters of Base64url, fresh and unguessable. */
  newId: () => string
}
