/**
 * Service and local OSS on real sockets with a bad network before them, for pages in a real browser.
 * A page controls it through one more port: `POST /<verb>` with JSON, JSON back.
 */
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { serve } from '@hono/node-server'
import { createImageProcessor } from '../../src/dev/image-processor.ts'
import { createEmulator, type RequestEntry } from '../../src/emulator/index.ts'
import { listen } from '../../src/emulator/listen.ts'
import { createDiskStorage } from '../../src/emulator/storage/disk-store.ts'
import { presign } from '../../src/protocol/presign.ts'
import { createService, type Service } from '../../src/service/create-service.ts'
import { createHandlerDeliver } from '../../src/service/delivery/deliver.ts'
import { createMemoryOutbox } from '../../src/service/delivery/memory-outbox.ts'
import type { Receipt } from '../../src/signer/accept-callback.ts'
import { createBearer } from './bearer.ts'
import { ACCESS_KEY, JWT_AUDIENCE, JWT_ISSUER, JWT_SECRET, UPCALL_SECRET } from './keys.ts'
import { createProxy, type ProxyRules, type ProxyStats } from './proxy.ts'

const REGION = 'cn-hangzhou'
/** `open` exposes what the rule of docs/service.md exposes, `quiet` nothing, `closed` has no rule at all. */
export type BucketName = 'open-bucket' | 'quiet-bucket' | 'closed-bucket'
const EXPOSED = ['ETag', 'x-oss-request-id', 'x-oss-hash-crc64ecma']

export interface BackendStats {
  /** What browsers sent to OSS. */
  oss: ProxyStats
  /** Operations that reached OSS from browsers and from the service, in order. */
  operations: string[]
  /** Calls to the service, e.g. `POST /uploads/parts`. */
  calls: string[]
  /** Runs of the application's handler. */
  receipts: number
}

export interface BrowserBackend {
  controlUrl: string
  close(): Promise<void>
}

export interface BackendUrls {
  control: string
  /** Bucket → address of the service that uses it. */
  services: Record<BucketName, string>
}

async function readBody(incoming: IncomingMessage): Promise<Record<string, unknown>> {
  const chunks: Buffer[] = []
  for await (const chunk of incoming as AsyncIterable<Buffer>) chunks.push(chunk)
  const text = Buffer.concat(chunks).toString()
  return text ? JSON.parse(text) : {}
}

/** @param isDirect without the bad network before OSS, for measuring */
export async function createBrowserBackend(
  isDirect = false,
): Promise<BackendUrls & { close(): Promise<void> }> {
  let offsetMs = 0
  const now = () => new Date(Date.now() + offsetMs)
  let receipts = 0
  let failNext = 0
  let callbacksToLose = 0
  /** Undefined: the handler responds with the facts of the receipt. */
  let ownResponse: { value: unknown } | 'accepted' | undefined
  let operations: string[] = []
  let calls: string[] = []
  let controlUrl = ''
  const cors = {
    allowedOrigins: ['*'],
    allowedMethods: ['PUT', 'POST', 'GET'],
    allowedHeaders: ['*'],
  }
  const emulator = createEmulator({
    accessKeys: [ACCESS_KEY],
    buckets: [
      { name: 'open-bucket', region: REGION, cors: [{ ...cors, exposeHeaders: EXPOSED }] },
      { name: 'quiet-bucket', region: REGION, cors: [cors] },
      { name: 'closed-bucket', region: REGION },
    ],
    allowPrivateCallbacks: true,
    storage: createDiskStorage(),
    now,
    imageProcessor: createImageProcessor(),
  })
  emulator.onRequest(({ operation, method }: RequestEntry) => operations.push(operation || method))
  const oss = await listen(emulator, { port: 0 })
  const ossProxy = await createProxy(() => oss.port)

  /** The application's own records of what was uploaded. */
  const found = new Map<string, Receipt>()

  /** Outlives the services, as a store on disk does. */
  const outbox = createMemoryOutbox({
    now,
    retry: { baseMs: 200, capMs: 1000 },
    deliver: createHandlerDeliver((receipt) => {
      if (failNext > 0) {
        failNext -= 1
        throw new Error('The handler was told to fail.')
      }
      receipts += 1
      found.set(`${receipt.subject} ${receipt.profile} ${receipt.size} ${receipt.crc64}`, receipt)
      const { id, key, size, name, via, vars } = receipt
      if (ownResponse === 'accepted') return { status: 'accepted', id }
      if (ownResponse) return ownResponse.value
      return { id, key, size, name, via, vars }
    }),
  })
  const servers = new Map<BucketName, Server>()
  const services = {} as Record<BucketName, string>

  /** Starts it anew on its port: its memory is lost, except what was delivered. */
  async function startService(bucket: BucketName, port: number): Promise<void> {
    const any = { types: ['*'], maxSize: 2 ** 40, vars: ['album'] }
    const publicUrl = `http://127.0.0.1:${port || 1}`
    let service: Service | undefined
    const server = serve({
      hostname: '127.0.0.1',
      port,
      fetch: (request) => {
        if (request.method === 'POST') calls.push(`POST ${new URL(request.url).pathname}`)
        if (callbacksToLose > 0 && request.url.includes('/callbacks/oss')) {
          callbacksToLose -= 1
          return new Response(null, { status: 503 })
        }
        return service?.fetch(request) ?? new Response(null, { status: 503 })
      },
    }) as Server
    if (!server.listening) await once(server, 'listening')
    const { port: own } = server.address() as AddressInfo
    services[bucket] = publicUrl.replace(/:\d+$/, `:${own}`)
    servers.set(bucket, server)
    service = createService({
      bucket,
      region: REGION,
      endpoint: isDirect ? oss.url : ossProxy.url,
      internalEndpoint: oss.url,
      credentials: ACCESS_KEY,
      secret: UPCALL_SECRET,
      publicUrl: services[bucket],
      // Tests upload thousands of files as the same user.
      rateLimits: { subjectPerMinute: 0 },
      profiles: {
        any: { ...any, key: 'any/{sub}/{id}.{ext}' },
        fixed: { ...any, key: 'fixed/{sub}.{ext}' },
        photos: { ...any, types: ['image/*'], key: 'photos/{sub}/{id}.{ext}' },
        direct: {
          ...any,
          key: 'direct/{sub}/{id}.{ext}',
          callback: { url: `${controlUrl}/direct` },
        },
      },
      auth: { secret: JWT_SECRET, issuer: JWT_ISSUER, audience: JWT_AUDIENCE },
      allowedOrigins: ['*'],
      objects: {
        profiles: ['photos'],
        styles: { thumb: 'image/resize,w_40', unknown: 'image/blur,r_3,s_2' },
      },
      findStored: ({ subject, profile, size, crc64 }) =>
        found.get(`${subject} ${profile} ${size} ${crc64}`),
      callbackKeys: { [emulator.callbackPublicKeyUrl]: emulator.callbackPublicKey },
      now,
      writeLog: () => {},
      outbox,
    })
  }

  async function stopService(bucket: BucketName): Promise<number> {
    const server = servers.get(bucket)
    if (!server) throw new Error(`No service for ${bucket}.`)
    const { port } = server.address() as AddressInfo
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
    return port
  }

  const verbs: Record<string, (body: Record<string, unknown>) => unknown> = {
    urls: () => services,
    ossUrl: () => (isDirect ? oss.url : ossProxy.url),
    controlUrl: () => controlUrl,
    token: (body) => createBearer({ now: now(), subject: String(body.subject ?? 'user-42') }),
    rules: (body) => ossProxy.setRules(body as ProxyRules),
    /** So many of the next handler runs fail: the service delivers again. */
    failHandler: ({ times }) => {
      failNext = Number(times)
    },
    /** The next callbacks never reach the service. */
    loseCallbacks: ({ times }) => {
      callbacksToLose = Number(times)
    },
    /** What the handler responds with from now on; `isAccepted`: as the service does for a slow handler. */
    respondWith: (body) => {
      ownResponse = body.isAccepted ? 'accepted' : { value: body.value }
    },
    /** Moves the clock of service and OSS, not the page's: URLs expire. */
    advance: ({ seconds }) => {
      offsetMs += Number(seconds) * 1000
    },
    restart: async ({ bucket, downMs }) => {
      const port = await stopService(bucket as BucketName)
      await new Promise((resolve) => setTimeout(resolve, Number(downMs ?? 0)))
      await startService(bucket as BucketName, port)
    },
    /** A URL that OSS takes a PUT of any length and type for. */
    sign: ({ key }) =>
      presign(
        {
          method: 'PUT',
          bucket: 'open-bucket',
          key: String(key),
          region: REGION,
          endpoint: ossProxy.url,
        },
        { credentials: ACCESS_KEY, now: now(), expiresInSeconds: 600 },
      ).url,
    /** What was stored, read back from OSS. */
    digest: async ({ bucket, key }) => {
      const { url } = presign(
        {
          method: 'GET',
          bucket: String(bucket),
          key: String(key),
          region: REGION,
          endpoint: oss.url,
        },
        { credentials: ACCESS_KEY, now: now(), expiresInSeconds: 60 },
      )
      const response = await fetch(url)
      const hash = createHash('sha256')
      let size = 0
      for await (const chunk of response.body ?? []) {
        hash.update(chunk)
        size += chunk.length
      }
      const type = response.headers.get('content-type')
      return { status: response.status, size, type, sha256: hash.digest('hex') }
    },
    /** Counts since the last call. */
    stats: (): BackendStats => {
      const taken = { oss: ossProxy.takeStats(), operations, calls, receipts }
      operations = []
      calls = []
      receipts = 0
      return taken
    },
    reset: () => {
      ossProxy.setRules({})
      ossProxy.takeStats()
      failNext = callbacksToLose = receipts = 0
      ownResponse = undefined
      found.clear()
      operations = []
      calls = []
    },
  }

  async function respond(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const cors = { 'access-control-allow-origin': '*', 'access-control-allow-headers': '*' }
    // The application's own server, which OSS calls without the service.
    if (incoming.url === '/direct') {
      for await (const _ of incoming) {
      }
      const isLost = callbacksToLose > 0
      if (isLost) callbacksToLose -= 1
      else receipts += 1
      outgoing.writeHead(isLost ? 503 : 200, { 'content-length': 15 }).end('{"direct":true}')
      return
    }
    if (incoming.url === '/echo' && incoming.method !== 'OPTIONS') {
      outgoing.writeHead(200, cors).end(JSON.stringify(incoming.headers))
      return
    }
    const verb = verbs[(incoming.url ?? '').slice(1)]
    if (incoming.method === 'OPTIONS' || !verb) {
      outgoing.writeHead(incoming.method === 'OPTIONS' ? 204 : 404, cors).end()
      return
    }
    const value = JSON.stringify((await verb(await readBody(incoming))) ?? null)
    outgoing.writeHead(200, { ...cors, 'content-type': 'application/json' }).end(value)
  }

  const control = createServer((incoming, outgoing) => {
    respond(incoming, outgoing).catch((error) => outgoing.writeHead(500).end(String(error)))
  })
  control.listen(0, '127.0.0.1')
  await once(control, 'listening')
  const { port } = control.address() as AddressInfo
  controlUrl = `http://127.0.0.1:${port}`
  for (const bucket of ['open-bucket', 'quiet-bucket', 'closed-bucket'] as const) {
    await startService(bucket, 0)
  }
  return {
    control: controlUrl,
    services,
    async close() {
      control.closeAllConnections()
      control.close()
      for (const server of servers.values()) {
        server.closeAllConnections()
        server.close()
      }
      await ossProxy.close()
      await oss.close()
      await emulator.close()
    },
  }
}
