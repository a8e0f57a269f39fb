/**
 * Everything that the page talks to, behind one line: the application with the service (HTTP/2), OSS (HTTP/1.1) and a tus server
 * (HTTP/1.1), all by TLS. OSS calls the application directly.
 */
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { createSecureServer } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { getRequestListener, serve } from '@hono/node-server'
import { FileStore } from '@tus/file-store'
import { Server as TusServer } from '@tus/server'
import { build } from 'esbuild'
import { createEmulator } from '../../src/emulator/index.ts'
import { listen } from '../../src/emulator/listen.ts'
import { createDiskStorage } from '../../src/emulator/storage/disk-store.ts'
import { createService } from '../../src/service/create-service.ts'
import { createBearer } from '../support/bearer.ts'
import { ACCESS_KEY, JWT_AUDIENCE, JWT_ISSUER, JWT_SECRET, UPCALL_SECRET } from '../support/keys.ts'
import { createProxy } from '../support/proxy.ts'
import { CERTIFICATE } from '../support/tls.ts'
import { createApplication } from './application.ts'
import type { Condition } from './conditions.ts'
import type { PageOptions } from './contenders.ts'
import { createLine, NO_LIMITS } from './line.ts'
import { createShapedProxy } from './shaped-proxy.ts'
import { createTlsEnd } from './tls-end.ts'

const BUCKET = 'network-bucket'
const REGION = 'cn-hangzhou'

export interface Counts {
  /** From the page to OSS or the tus server, heads included. */
  bytes: number
  /** To OSS or the tus server, preflights included. */
  requests: number
  /** To the application or the service. */
  calls: number
  /** That the page opened, to all of them. */
  connections: number
}

export interface Backend {
  /** The page, at a host of its own: nothing that a browser remembers by site is there yet, neither storage nor connections. */
  createPageUrl(): string
  pageOptions: PageOptions
  /** Undefined: as fast as this machine is. */
  setCondition(condition: Condition | undefined): void
  /** Since the last call. */
  takeCounts(): Counts
  /** Of `takeCounts` so far. */
  readBytes(): number
  /** The page goes away: what is on its way never arrives. @returns to be called when it is gone */
  freeze(): () => void
  close(): Promise<void>
}

async function bundlePage(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('page.ts', import.meta.url))],
    ...{ bundle: true, format: 'esm', write: false, logLevel: 'silent' },
    define: { 'process.env.NODE_ENV': '"production"' },
  })
  return outputFiles[0]?.text ?? ''
}

async function listenPlain(
  handle: Parameters<typeof createServer>[1],
): Promise<[port: number, close: () => void]> {
  const server = createServer(handle).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return [
    (server.address() as AddressInfo).port,
    () => {
      server.closeAllConnections()
      server.close()
    },
  ]
}

/** A repeatable sequence for the jitter. */
function createRandom(): () => number {
  let state = 7
  return () => {
    state = (state * 1664525 + 1013904223) >>> 0
    return state / 2 ** 32
  }
}

/** @param partSize of our profile, bytes; by default the service's own */
export async function createBackend(partSize?: number): Promise<Backend> {
  const line = createLine(createRandom())
  const folder = mkdtempSync(join(tmpdir(), 'upcall-network-'))
  const emulator = createEmulator({
    accessKeys: [ACCESS_KEY],
    buckets: [
      {
        name: BUCKET,
        region: REGION,
        cors: [
          {
            allowedOrigins: ['*'],
            allowedMethods: ['PUT', 'POST', 'GET', 'HEAD', 'DELETE'],
            allowedHeaders: ['*'],
            exposeHeaders: ['ETag', 'x-oss-request-id', 'x-oss-hash-crc64ecma'],
            maxAgeSeconds: 600,
          },
        ],
      },
    ],
    allowPrivateCallbacks: true,
    storage: createDiskStorage(),
  })
  const oss = await listen(emulator, { port: 0 })
  const tus = new TusServer({
    path: '/files',
    relativeLocation: true,
    datastore: new FileStore({ directory: folder }),
  })
  const [tusPort, closeTus] = await listenPlain((request, response) =>
    tus.handle(request, response),
  )
  // What cuts requests and counts them; what ends TLS; what is on the line.
  const counters = [await createProxy(() => oss.port), await createProxy(() => tusPort)] as const
  const ends = await Promise.all(counters.map(({ url }) => createTlsEnd(Number(new URL(url).port))))
  const shaped = await Promise.all(ends.map((end) => createShapedProxy(line, () => end.port)))
  const [ossUrl = '', tusUrl = ''] = shaped.map(({ port }) => `https://localhost:${port}`)

  let calls = 0
  let bytes = 0
  let requests = 0
  let respond: (request: Request) => Response | Promise<Response> = () => new Response()
  const [callbackPort, closeCallbacks] = await listenPlain(
    getRequestListener((request) => respond(request)),
  )
  const publicUrl = `http://127.0.0.1:${callbackPort}`
  const callbackUrl = `${publicUrl}/saved`
  const page = serve({
    fetch: (request) => respond(request),
    hostname: '127.0.0.1',
    port: 0,
    createServer: createSecureServer,
    serverOptions: { ...CERTIFICATE, allowHTTP1: true },
  })
  if (!page.listening) await once(page, 'listening')
  const shapedPage = await createShapedProxy(line, () => (page.address() as AddressInfo).port)
  let pages = 0

  const any = {
    ...{ types: ['*'], maxSize: 2 ** 40, key: 'any/{sub}/{id}.{ext}' },
    ...(partSize !== undefined && { partSize }),
  }
  const service = createService({
    ...{ bucket: BUCKET, region: REGION, endpoint: ossUrl, internalEndpoint: oss.url },
    ...{ credentials: ACCESS_KEY, secret: UPCALL_SECRET, publicUrl, profiles: { any } },
    auth: { secret: JWT_SECRET, issuer: JWT_ISSUER, audience: JWT_AUDIENCE },
    rateLimits: { subjectPerMinute: 0 },
    callbackKeys: { [emulator.callbackPublicKeyUrl]: emulator.callbackPublicKey },
    writeLog: () => {},
    onReceipt: ({ key }) => ({ saved: key }),
  })
  const app = createApplication({
    ...{ ossUrl, ownOssUrl: oss.url, bucket: BUCKET, region: REGION, callbackUrl, service },
    script: await bundlePage(),
    aliScript: readFileSync('node_modules/ali-oss/dist/aliyun-oss-sdk.min.js', 'utf8'),
    token: () => createBearer({ now: new Date(), lifeSeconds: 7200 }),
    onCall: (path) => {
      if (path !== '/callbacks/oss') calls += 1
    },
  })
  respond = (request) => app.fetch(request)

  function count(): void {
    for (const counter of counters) {
      const stats = counter.takeStats()
      bytes += stats.bytesIn
      requests += stats.requests
    }
  }

  return {
    createPageUrl() {
      pages += 1
      return `https://page-${pages}.localhost:${shapedPage.port}`
    },
    pageOptions: {
      ...{ ossUrl, tusUrl, bucket: BUCKET, region: REGION, callbackUrl },
      accessKeyId: ACCESS_KEY.accessKeyId,
      accessKeySecret: ACCESS_KEY.accessKeySecret,
    },
    setCondition(condition) {
      line.rules = condition ?? NO_LIMITS
      for (const counter of counters) counter.setRules({ cutShare: condition?.cutShare ?? 0 })
    },
    readBytes() {
      count()
      return bytes
    },
    takeCounts() {
      count()
      const connections = [...shaped, shapedPage]
        .map((proxy) => proxy.takeConnections())
        .reduce((sum, taken) => sum + taken, 0)
      const counts = { bytes, requests, calls, connections }
      bytes = requests = calls = 0
      return counts
    },
    freeze() {
      const ends = [...shaped, shapedPage].map((proxy) => proxy.freeze())
      return () => {
        for (const end of ends) end()
      }
    },
    async close() {
      for (const proxy of [...shaped, shapedPage, ...counters]) await proxy.close()
      for (const end of ends) end.close()
      page.close()
      closeCallbacks()
      closeTus()
      await oss.close()
      await emulator.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
