/**
 * The local OSS as one function from request to reply. Every request goes through the same steps, each of which
 * gets the result of those before it:
 *
 * route → CORS → authenticate → authorise → handle → reply
 */
import { createAccessKeys } from './auth/access-keys.ts'
import { defaultUnconfirmed } from './behavior/unconfirmed.ts'
import { createCallbackKey } from './callback/signing-key.ts'
import { type CallbackTransport, createFetchTransport } from './callback/transport.ts'
import { checkOptions } from './check-options.ts'
import { toEmulatorRequest, toResponse } from './http/fetch-adapter.ts'
import { CALLBACK_TIMEOUT_MS } from './http/limits.ts'
import type { EmulatorReply, EmulatorRequest } from './http/message.ts'
import { readHostName } from './http/target.ts'
import { createRequestId, type EmulatorState } from './operations/context.ts'
import { buildCorsHeaders } from './operations/cors.ts'
import { createLog, type EmulatorLog, type Log } from './operations/log.ts'
import { DEFAULT_ACCESS_KEY, DEFAULT_BUCKET, type EmulatorOptions } from './options.ts'
import { buildEntry, buildReply, settle } from './outcome.ts'
import { findRoute, type Route, UNNAMED } from './route.ts'
import { type Exchange, serve } from './serve.ts'
import { readBucketOptions } from './storage/bucket.ts'
import { createCatalog } from './storage/catalog.ts'
import { createMemoryStorage } from './storage/storage.ts'
import { createPinnableStorage } from './storage/stored-bytes.ts'
import { createSts } from './sts/sts.ts'

/** What an adapter (a socket, a Web handler) brings: how callbacks are sent, unless the options say it. */
export interface EmulatorAdapter {
  callbackTransport?: CallbackTransport
}

export interface Emulator {
  /** @param options.target the raw path and query, when the adapter still has them */
  fetch(request: Request, options?: { target?: string }): Promise<Response>
  /** For adapters: the same without Web objects. Rejects with `ConnectionDropped` for that fault. */
  handle(request: EmulatorRequest, adapter?: EmulatorAdapter): Promise<EmulatorReply>
  /** PEM of the key that verifies this emulator's callbacks. */
  readonly callbackPublicKey: string
  readonly callbackPublicKeyUrl: string
  readonly log: EmulatorLog
  /** Calls the listener for each entry of the log as it is written. @returns how to stop it */
  readonly onCallback: Log['onCallback']
  readonly onRequest: Log['onRequest']
  /** Resolves when earlier data is loaded. */
  ready(): Promise<void>
  close(): Promise<void>
}

/**
 * @throws TypeError when options contradict each other; the message names all issues
 */
export function createEmulator(options: EmulatorOptions = {}): Emulator {
  const { accessKeys = [DEFAULT_ACCESS_KEY] } = options
  const buckets = (options.buckets ?? [DEFAULT_BUCKET]).map(readBucketOptions)
  const customDomains = new Map(
    buckets.flatMap(({ name, domains }) =>
      domains.map((domain): [string, string] => [readHostName(domain), name]),
    ),
  )
  checkOptions(accessKeys, buckets)
  const keys = createAccessKeys(accessKeys)
  const hasSts = options.sts ?? false
  const storage = createPinnableStorage(options.storage ?? createMemoryStorage())
  const log = createLog()
  const callbackKey = createCallbackKey(options.callbackKey)
  const offsetMs = (options.clockOffsetSeconds ?? 0) * 1000
  const clock = options.now ?? (() => new Date())
  const now = () => new Date(clock().getTime() + offsetMs)
  const sts = createSts(keys, now)
  const ownTransport = options.fetch
    ? createFetchTransport(options.fetch)
    : options.callbackTransport
  const fallbackTransport = createFetchTransport((request) => fetch(request))
  const unconfirmed = { ...defaultUnconfirmed, ...options.unconfirmed }
  const loading = createCatalog(buckets, storage, now()).then(
    (catalog): EmulatorState => ({
      catalog,
      storage,
      keys,
      unconfirmed,
      now,
      callbackKey,
      allowPrivateCallbacks: options.allowPrivateCallbacks ?? false,
      callbackTimeoutMs: options.callbackTimeoutMs ?? CALLBACK_TIMEOUT_MS,
      faults: options.faults ?? {},
      log,
      imageProcessor: options.imageProcessor,
    }),
  )
  // A storage that cannot be read fails every request and `ready()`. Unhandled, it would end the whole program.
  loading.catch(() => {})

  async function handle(
    request: EmulatorRequest,
    adapter: EmulatorAdapter = {},
  ): Promise<EmulatorReply> {
    const startedMs = performance.now()
    const time = now().toISOString()
    const requestId = createRequestId()
    const host = request.headers.host ?? ''
    const transport = ownTransport ?? adapter.callbackTransport ?? fallbackTransport
    const route = await loading.then(
      ({ catalog }) => findRoute(request, catalog, customDomains, { hasSts }),
      (error: unknown): Route => ({ kind: 'refused', names: UNNAMED, error }),
    )
    const cors = {
      headers: readCorsHeaders(route, request),
      onErrors: unconfirmed.corsHeadersOnErrors,
    }
    const exchange: Exchange = { request, requestId, host, transport }
    const outcome = await settle(async () => serve(route, exchange, await loading, sts))
    log.addRequest(buildEntry(request, { time, requestId }, route.names, outcome))
    if (outcome.kind === 'dropped') throw outcome.reason
    const tookMs = performance.now() - startedMs
    return buildReply(outcome, cors, {
      method: request.method,
      requestId,
      host,
      now: now(),
      tookMs,
    })
  }

  /** Of the reply; a preflight brings its own, and a request without a bucket has none. */
  function readCorsHeaders(route: Route, request: EmulatorRequest): Record<string, string> {
    if (!('bucket' in route) || route.kind === 'preflight' || !route.bucket) return {}
    return buildCorsHeaders(route.bucket, request, unconfirmed)
  }

  return {
    handle,
    async fetch(request, { target } = {}) {
      return toResponse(await handle(await toEmulatorRequest(request, target)))
    },
    get callbackPublicKey() {
      return callbackKey.publicKey
    },
    callbackPublicKeyUrl: callbackKey.publicKeyUrl,
    log,
    onCallback: log.onCallback,
    onRequest: log.onRequest,
    ready: async () => void (await loading),
    close: () => storage.close(),
  }
}
