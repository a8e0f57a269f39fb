/**
 * The whole service from its settings, as one function from `Request` to `Response`.
 * Over 200 lines: the place where every part is chosen and connected.
 */
import { createCredentials } from '../signer/credentials.ts'
import { listWarnings } from '../signer/profile.ts'
import { DEFAULT_DEPLOYMENT, type TicketContext } from '../signer/ticket-context.ts'
import { createSecrets } from '../signer/token.ts'
import { createApp } from './app.ts'
import type { Assets } from './assets.ts'
import { buildCallbackUrl, readBasePath } from './callback-url.ts'
import { chooseAuthenticate, chooseBeforeUpload } from './choose-hooks.ts'
import { createHandlerDeliver, type ReceiptHandler } from './delivery/deliver.ts'
import { createMemoryOutbox } from './delivery/memory-outbox.ts'
import type { Deliver, Outbox } from './delivery/outbox.ts'
import { createSweep, type Sweep, type SweepOptions, type SweepReport } from './delivery/sweep.ts'
import { createWebhook } from './delivery/webhook.ts'
import type { Deps, ExtraRoute } from './deps.ts'
import { addExplanations, type ExplainMissing, withRequestCheck } from './embedding.ts'
import { type ExtraOptions, listExtraRoutes } from './extra-routes.ts'
import type { Hooks } from './hook-settings.ts'
import { createIds } from './ids.ts'
import { createLimitedWarnings } from './limited-warnings.ts'
import type { Log } from './log.ts'
import type { MetricsSettings } from './metrics.ts'
import { nameFailure, observeDeliver } from './observe-deliver.ts'
import { combineObservers, type Observer } from './observer.ts'
import { openLog } from './open-log.ts'
import { openObserver } from './open-observer.ts'
import { createOssClient } from './oss-client.ts'
import { OWN_ISSUER } from './own-authenticate.ts'
import type { PageResponse } from './page-response.ts'
import type { CheckQuota } from './quota.ts'
import { type ClientAddress, createRateGuard, type RateLimiters } from './rate-guard.ts'
import { type BuildResponse, buildFromTable } from './response.ts'
import { listSettingWarnings } from './setting-warnings.ts'
import { checkSettings, chooseAddressing, type Settings } from './settings.ts'
import { readStoredReceipt } from './stored-receipt.ts'
import { listSweepAreas } from './sweep-areas.ts'
import type { Tracing } from './tracing.ts'
import { watchCredentials } from './watch-credentials.ts'

export interface ServiceOptions<Returned = unknown> extends Settings, Hooks, ExtraOptions {
  /**
   * Gets each verified receipt; what it returns, any JSON value, is the page's response. It is called again when it
   * throws, or when the service cannot know that it had succeeded: `receipt.id` is the idempotency key.
   * @default the webhook of the settings, else the facts themselves
   */
  onReceipt?: ReceiptHandler<Returned> | undefined
  /** The object of a receipt was stored again with other bytes. */
  onReplaced?: ReceiptHandler | undefined
  /** The delivery of a receipt was given up after three days. */
  onDead?: ReceiptHandler | undefined
  /** Brings events to the application in another way, e.g. into a queue; instead of the three handlers. */
  deliver?: Deliver | undefined
  /** Where receipts are recorded; it has its own `deliver`. @default memory, which a restart empties */
  outbox?: Outbox | undefined
  /** Counters that all instances share. @default in the memory of each, by the setting `rateLimits` */
  rateLimiters?: RateLimiters | undefined
  /** The address that a request came from. @default not known: only subjects are limited */
  clientAddress?: ClientAddress | undefined
  /** The application's own word on an upload before its ticket is issued. @default the profile decides */
  checkQuota?: CheckQuota | undefined
  /** The files of the browser client. @default none: `/client.js` is 404 */
  assets?: Assets | undefined
  /** How responses are built. @default from a plain table, which is fastest on Node */
  buildResponse?: BuildResponse | undefined
  /** One line of JSON per failure. @default `console.error` */
  writeLog?: ((line: string) => void) | undefined
  /** One line of JSON per request, where the setting `accessLog` asks for it. @default `console.log` */
  writeAccessLog?: ((line: string) => void) | undefined
  /** Is told of each request, callback and attempt to deliver. @default nobody: nothing is measured */
  observer?: Observer | undefined
  /** Spans, e.g. of `oss-upcall/opentelemetry`. @default traces pass through */
  tracing?: Tracing | undefined
  /** What `GET /metrics` shows. @default the route does not exist */
  metrics?: MetricsSettings | undefined
  /** For tests. */
  now?: (() => Date) | undefined
  /** For tests. */
  newId?: (() => string) | undefined
  /** For OSS and the JWKS. @default the platform's own */
  fetch?: typeof fetch | undefined
}

export interface Service<Responded = unknown> {
  fetch(request: Request): Promise<Response>
  /** Looks through the bucket for uploads whose callback was lost. Call it every few minutes. */
  sweep(options?: SweepOptions): Promise<SweepReport>
  /** Ends the deliveries that run, and frees the outbox. */
  close(): Promise<void>
  /** A type only, for pages: `upload<typeof service>(file, options)`. There is no value. */
  readonly '~response'?: Responded
}

/** Called as a plain function: platforms refuse theirs as a method of something else. */
function chooseFetch({ fetch: own }: Pick<ServiceOptions, 'fetch'>): typeof fetch {
  return own ? (input, init) => own(input, init) : (input, init) => fetch(input, init)
}

type DeliverOptions = Pick<
  ServiceOptions,
  | 'deliver'
  | 'onReceipt'
  | 'onReplaced'
  | 'onDead'
  | 'writeLog'
  | 'observer'
  | 'tracing'
  | 'now'
  | 'fetch'
> &
  Settings

function chooseDeliver(options: DeliverOptions, log: Log): Deliver {
  const { deliver, onReceipt, onReplaced, onDead, webhook, publicUrl, now } = options
  if (deliver) return deliver
  if (!webhook?.url || onReceipt) {
    return createHandlerDeliver(onReceipt, {
      onReplaced,
      onDead,
      log: (line) => log.warning('EVENT', line),
    })
  }
  return createWebhook({
    url: webhook.url,
    secrets: webhook.secrets ?? [],
    source: publicUrl,
    fetch: chooseFetch(options),
    now,
  })
}

/**
 * How events reach the application: a function of the program, or the webhook of the settings. Attempts that fail are
 * logged. For the `deliver` of an outbox that the program opens itself.
 */
export function createDeliver(options: DeliverOptions): Deliver {
  const log = openLog(options, watchCredentials(options.credentials))
  const { tracing } = options
  const observer = options.observer && combineObservers([options.observer], log)
  const deliver = observeDeliver(chooseDeliver(options, log), { observer, tracing })
  return async (receipt, attempt) => {
    try {
      return await deliver(receipt, attempt)
    } catch (error) {
      log.failure(nameFailure(error), attempt.eventId, error)
      throw error
    }
  }
}

function createBucketSweep(
  {
    oss,
    outbox,
    profiles,
    ticketContext,
  }: Pick<Deps, 'oss' | 'outbox' | 'profiles' | 'ticketContext'>,
  now: () => Date,
): Sweep {
  return createSweep({
    areas: listSweepAreas(profiles.values()),
    outbox,
    listObjects: oss.listObjects,
    listUploads: oss.listUploads,
    abort: oss.abort,
    now,
    async readReceipt(key) {
      const receipt = await readStoredReceipt({ oss, ticketContext, now }, key)
      const profile = receipt && profiles.get(receipt.profile)
      return profile && !profile.direct ? receipt : undefined
    },
  })
}

/**
 * The service with an outbox of the caller's: without it, a bundle has no outbox in memory.
 *
 * @param openOutbox called when the settings are found to be right
 * @throws {ConfigError} with everything that is wrong with the settings
 */
export function connectService<Responded = unknown>(
  options: Omit<ServiceOptions, 'outbox' | keyof ExtraOptions> & {
    explainMissing?: ExplainMissing
  },
  openOutbox: (log: Log, now: () => Date) => Outbox,
  extraRoutes: readonly ExtraRoute[] = [],
): Service<Responded> {
  const profiles = checkSettings(options)
  const { bucket, region, endpoint, internalEndpoint = endpoint } = options
  const now = options.now ?? (() => new Date())
  const newId = options.newId ?? createIds()
  const fetcher = chooseFetch(options)
  const callbackUrl = buildCallbackUrl(options.publicUrl)
  const watched = watchCredentials(options.credentials)
  const credentials = createCredentials(watched.credentials)
  const addressing = options.addressing ?? chooseAddressing(endpoint)
  const log = openLog(options, watched)
  const outbox = openOutbox(log, now)
  for (const { code, message } of listSettingWarnings(options)) log.warning(code, message)
  for (const profile of profiles.values()) {
    for (const text of listWarnings(profile)) log.warning('PROFILE_RISK', text)
  }
  const ticketContext: TicketContext = {
    bucket,
    region,
    endpoint,
    addressing,
    callbackUrl,
    issuer: options.auth?.issuer ?? OWN_ISSUER,
    deployment: options.deployment ?? DEFAULT_DEPLOYMENT,
    secrets: createSecrets(options.secret),
  }
  const oss = createOssClient({
    bucket,
    region,
    endpoint: internalEndpoint,
    addressing: options.addressing ?? chooseAddressing(internalEndpoint),
    credentials,
    fetch: fetcher,
    now,
    tracing: options.tracing,
  })
  const sweep = createBucketSweep({ oss, outbox, profiles, ticketContext }, now)

  const app = createApp({
    ticketContext,
    credentials,
    profiles,
    authenticate: chooseAuthenticate(options, { now, fetch: fetcher, log }),
    beforeUpload: chooseBeforeUpload(options, { now, fetch: fetcher, newId }),
    rateGuard: createRateGuard({
      limits: options.rateLimits,
      limiters: options.rateLimiters,
      clientAddress: options.clientAddress,
      log,
      now,
    }),
    checkQuota: options.checkQuota,
    oss,
    outbox,
    sweep,
    operatorToken: options.operatorToken,
    basePath: readBasePath(options),
    extraRoutes,
    callbackPath: new URL(callbackUrl).pathname,
    callbackKeys: options.callbackKeys,
    allowedOrigins: options.allowedOrigins ?? [],
    assets: options.assets,
    explainMissing: options.explainMissing,
    buildResponse: options.buildResponse ?? buildFromTable,
    observer: openObserver(options, { watched, log, now }),
    tracing: options.tracing,
    metrics: options.metrics,
    log,
    warnLimited: createLimitedWarnings({ log, now }),
    now,
    newId,
  })
  return {
    fetch: async (request) => app.fetch(request),
    sweep,
    close: outbox.close,
  }
}

/**
 * Creates the service.
 *
 * @typeParam Returned what `onReceipt` returns: found by the compiler
 * @throws {ConfigError} with everything that is wrong with the settings
 */
export function createService<Returned = unknown>(
  options: ServiceOptions<Returned>,
): Service<PageResponse<Returned>> {
  const openOutbox = (log: Log, now: () => Date) => {
    if (options.outbox) return options.outbox
    log.warning(
      'NOT_DURABLE',
      'Receipts are recorded in memory: a restart loses what is not delivered yet. Give the service an outbox.',
    )
    return createMemoryOutbox({ deliver: createDeliver(options), now })
  }
  const extraRoutes = listExtraRoutes(options)
  return withRequestCheck(
    connectService<PageResponse<Returned>>(addExplanations(options), openOutbox, extraRoutes),
  )
}
