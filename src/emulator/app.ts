/**
 * The emulator: an OSS of our own, from the manual, as one function from request to answer.
 */
import { type AccessKeys, createAccessKeys } from './auth/access-keys.ts'
import { authenticate } from './auth/authenticate.ts'
import { checkPermission } from './auth/permissions.ts'
import { wait } from './behavior/faults.ts'
import { defaultUnconfirmed } from './behavior/unconfirmed.ts'
import { createCallbackKey, PUBLIC_KEY_PATH } from './callback/signing-key.ts'
import { type CallbackTransport, createFetchTransport } from './callback/transport.ts'
import { checkOptions } from './check-options.ts'
import { OssError } from './http/errors.ts'
import { toEmulatorRequest, toResponse } from './http/fetch-adapter.ts'
import { ConnectionDropped, type EmulatorReply, type EmulatorRequest } from './http/message.ts'
import { buildErrorReply, completeReply, type ReplyFacts, toOssError } from './http/reply.ts'
import { checkKey, parseTarget, readHostName, type Target } from './http/target.ts'
import { createRequestId, type EmulatorState, type OperationContext } from './operations/context.ts'
import { answerPreflight, buildCorsHeaders } from './operations/cors.ts'
import { findBucket } from './operations/find-bucket.ts'
import { createLog, type EmulatorLog, type Log, type RequestEntry } from './operations/log.ts'
import { findOperation, HANDLERS, type Operation } from './operations/routes.ts'
import type { BucketOptions, EmulatorOptions } from './options.ts'
import { createCatalog } from './storage/catalog.ts'
import { createMemoryStorage } from './storage/storage.ts'
import { createLeasedStorage } from './storage/stored-bytes.ts'

/** What a door brings: how callbacks leave, unless the emulator was told. */
export interface EmulatorAdapter {
  callbackTransport?: CallbackTransport
}

export interface Emulator {
  /** @param options.target the raw path and query, when the door still has them */
  fetch(request: Request, options?: { target?: string }): Promise<Response>
  /** For doors: the same without Web objects. Rejects with `ConnectionDropped` for that fault. */
  handle(request: EmulatorRequest, door?: EmulatorAdapter): Promise<EmulatorReply>
  /** PEM of the key that verifies this emulator's callbacks. */
  readonly callbackPublicKey: string
  readonly callbackPublicKeyUrl: string
  readonly log: EmulatorLog
  /** A live view. @returns how to stop it */
  readonly onCallback: Log['onCallback']
  readonly onRequest: Log['onRequest']
  /** Resolves when earlier data is loaded. */
  ready(): Promise<void>
  close(): Promise<void>
}

/**
 * @throws TypeError when options contradict each other: all complaints at once
 */
export function createEmulator(options: EmulatorOptions): Emulator {
  const buckets = options.buckets.map(
    (b): BucketOptions => (typeof b === 'string' ? { name: b } : b),
  )
  const customDomains = new Map(
    buckets.flatMap(({ name, domains = [] }) =>
      domains.map((domain): [string, string] => [readHostName(domain), name]),
    ),
  )
  checkOptions(options, buckets)
  const keys: AccessKeys = createAccessKeys(options.accessKeys)
  const storage = createLeasedStorage(options.storage ?? createMemoryStorage())
  const log = createLog()
  const callbackKey = createCallbackKey(options.callbackKey)
  const offsetMs = (options.clockOffsetSeconds ?? 0) * 1000
  const clock = options.now ?? (() => new Date())
  const now = () => new Date(clock().getTime() + offsetMs)
  const ownTransport = options.fetch
    ? createFetchTransport(options.fetch)
    : options.callbackTransport
  const fallbackTransport = createFetchTransport((request) => fetch(request))
  const unconfirmed = { ...defaultUnconfirmed, ...options.unconfirmed }
  const emulator = createCatalog(buckets, storage).then(
    (catalog): EmulatorState => ({
      catalog,
      storage,
      keys,
      unconfirmed,
      now,
      callbackKey,
      allowPrivateCallbacks: options.allowPrivateCallbacks ?? false,
      callbackTimeoutMs: options.callbackTimeoutMs ?? 5000,
      faults: options.faults ?? {},
      log,
    }),
  )
  // A storage that cannot be read fails each request and `ready()`, never the whole program.
  emulator.catch(() => {})

  async function handle(
    request: EmulatorRequest,
    door: EmulatorAdapter = {},
  ): Promise<EmulatorReply> {
    const started = performance.now()
    const requestId = createRequestId()
    const host = request.headers.host ?? ''
    const entry = createEntry(request, requestId, now())
    const transport = ownTransport ?? door.callbackTransport ?? fallbackTransport
    const facts = (): ReplyFacts => ({
      method: request.method,
      requestId,
      host,
      now: now(),
      tookMs: performance.now() - started,
    })
    const served = { cors: {} as Record<string, string> }
    try {
      const reply = await serve({ request, host, requestId, transport, entry, served })
      entry.status = reply.status
      log.addRequest(entry)
      return completeReply({ ...reply, headers: { ...served.cors, ...reply.headers } }, facts())
    } catch (thrown) {
      if (thrown instanceof ConnectionDropped) {
        log.addRequest(entry)
        throw thrown
      }
      const error = toOssError(thrown)
      entry.status = error.status
      entry.code = error.code
      entry.ec = error.ec ?? ''
      if (error !== thrown) entry.detail = thrown instanceof Error ? thrown.message : String(thrown)
      log.addRequest(entry)
      const reply = buildErrorReply(error, facts())
      const stored = error.code === 'CallbackFailed'
      const cors = stored || unconfirmed.corsHeadersOnErrors ? served.cors : {}
      return completeReply({ ...reply, headers: { ...cors, ...reply.headers } }, facts())
    }
  }

  interface Serving {
    request: EmulatorRequest
    host: string
    requestId: string
    transport: CallbackTransport
    entry: RequestEntry
    served: { cors: Record<string, string> }
  }

  async function serve(serving: Serving): Promise<EmulatorReply> {
    const { request, host, requestId, transport, entry, served } = serving
    const { method, headers } = request
    const ready = await emulator
    const target = parseTarget(request.target, host, customDomains)
    if (method === 'GET' && target.bucket === '-' && target.path === PUBLIC_KEY_PATH) {
      const type = 'application/x-pem-file'
      return { status: 200, headers: { 'content-type': type }, body: callbackKey.publicKey }
    }
    entry.bucket = target.bucket ?? ''
    entry.key = target.key
    const bucket = findBucket(ready.catalog, target, host)
    served.cors = buildCorsHeaders(bucket, request, unconfirmed)
    if (method === 'OPTIONS') {
      entry.operation = 'OptionObject'
      served.cors = {}
      return answerPreflight(bucket, headers, unconfirmed)
    }
    const operation = findOperation(method, target.key, target.query, headers)
    entry.operation = operation
    if (target.key !== '') checkKey(target.key)
    const call = {
      emulator: ready,
      transport,
      request,
      requestId,
      operation,
      bucket,
      key: target.key,
      query: target.query,
      host,
    }
    return run(operation, call, target)
  }

  async function run(
    operation: Operation,
    call: Omit<OperationContext, 'caller'>,
    target: Target,
  ): Promise<EmulatorReply> {
    const { request, bucket, key } = call
    const fault = options.faults?.onRequest?.({
      method: request.method,
      operation,
      bucket: bucket.name,
      key,
      ...(operation === 'UploadPart' && { partNumber: Number(target.query.get('partNumber')) }),
    })
    if (fault?.kind === 'latency') await wait(fault.ms)
    if (fault?.kind === 'drop' && fault.when === 'before-storing') throw new ConnectionDropped()
    if (fault?.kind === 'error') throw plannedError(fault.status)
    const signed = { ...request, bucket: bucket.name, key, query: target.query.pairs }
    const context = { keys, now: now(), region: bucket.region, unconfirmed }
    // A form carries its signature in its fields; whatever else the request says is ignored.
    const isForm = operation === 'PostObject'
    const caller = isForm
      ? ({ kind: 'anonymous' } as const)
      : authenticate(signed, target.query, context)
    if (!isForm) checkPermission(caller, operation, bucket, key)
    const reply = await HANDLERS[operation]({ ...call, caller })
    if (fault?.kind === 'drop') throw new ConnectionDropped()
    return reply
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
    ready: async () => void (await emulator),
    close: () => storage.close(),
  }
}

function createEntry(request: EmulatorRequest, requestId: string, now: Date): RequestEntry {
  return {
    time: now.toISOString(),
    requestId,
    method: request.method,
    path: request.target.split('?')[0] ?? '',
    operation: '',
    bucket: '',
    key: '',
    status: 0,
    code: '',
    ec: '',
    detail: '',
  }
}

function plannedError(status: 500 | 503): OssError {
  return status === 500
    ? toOssError(undefined)
    : new OssError('ServiceUnavailable', 'Please reduce your request rate.')
}
