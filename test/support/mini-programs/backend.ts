/** A real service and a local OSS on sockets of this machine, for stand-ins of mini programs and React Native. */
import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { serve } from '@hono/node-server'
import { afterAll, beforeAll, beforeEach } from 'vitest'
import type {
  CallbackFault,
  FaultRequest,
  RequestFault,
} from '../../../src/emulator/behavior/faults.ts'
import { type RunningEmulator, startEmulator } from '../../../src/emulator/index.ts'
import { presign } from '../../../src/protocol/presign.ts'
import { createService, type Service } from '../../../src/service/create-service.ts'
import type { Receipt } from '../../../src/signer/accept-callback.ts'
import { createBearer } from '../bearer.ts'
import { ACCESS_KEY, JWT_AUDIENCE, JWT_ISSUER, JWT_SECRET, UPCALL_SECRET } from '../keys.ts'

const BUCKET = 'examplebucket'
const REGION = 'cn-hangzhou'

export interface Backend {
  /** Of the service. */
  endpoint: string
  /** As tickets name it: the local OSS takes the bucket in the path. */
  ossOrigin: string
  /** What the application got, in order. */
  receipts: Receipt[]
  /** Calls of the service, e.g. `/uploads/confirm`. */
  calls: string[]
  /** Asked for each request that OSS gets, and for each callback. */
  requestFault: (request: FaultRequest) => RequestFault | undefined
  callbackFault: () => CallbackFault | undefined
  /** Calls of the service that get a 503 instead, by path. */
  isDown: (path: string) => boolean
  /** Moves the clock of service and OSS, not that of the client. */
  offsetMs: number
  token(): Promise<string>
  read(key: string): Promise<{ status: number; type: string | null; bytes: Uint8Array }>
}

/** Starts it for all tests of a file; what a test changed is reset before the next. */
export function startBackend(): Backend {
  const state = { offsetMs: 0 } as Backend
  const now = () => new Date(Date.now() + state.offsetMs)
  let oss: RunningEmulator
  let server: Server

  beforeAll(async () => {
    oss = await startEmulator({
      accessKeys: [ACCESS_KEY],
      buckets: [{ name: BUCKET, region: REGION }],
      now,
      faults: {
        onRequest: (request) => state.requestFault(request),
        onCallback: () => state.callbackFault(),
      },
    })
    let service: Service | undefined
    server = serve({
      hostname: '127.0.0.1',
      port: 0,
      fetch: (request) => {
        const { pathname } = new URL(request.url)
        state.calls.push(pathname)
        if (state.isDown(pathname)) return new Response('<html>No</html>', { status: 503 })
        return service?.fetch(request) ?? new Response(null, { status: 503 })
      },
    }) as Server
    if (!server.listening) await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    state.endpoint = `http://127.0.0.1:${port}`
    const any = { types: ['*'], maxSize: 2 ** 30, vars: ['album'] }
    service = createService({
      bucket: BUCKET,
      region: REGION,
      endpoint: oss.url,
      internalEndpoint: oss.url,
      credentials: ACCESS_KEY,
      secret: UPCALL_SECRET,
      publicUrl: state.endpoint,
      rateLimits: { subjectPerMinute: 0 },
      profiles: {
        any: { ...any, key: 'any/{sub}/{id}.{ext}' },
        photos: { ...any, types: ['image/*', 'video/*'], key: 'photos/{sub}/{id}.{ext}' },
      },
      auth: { secret: JWT_SECRET, issuer: JWT_ISSUER, audience: JWT_AUDIENCE },
      callbackKeys: { [oss.emulator.callbackPublicKeyUrl]: oss.emulator.callbackPublicKey },
      now,
      writeLog: () => {},
      onReceipt: (receipt) => {
        state.receipts.push(receipt)
        return { saved: receipt.key, bytes: receipt.size, 名称: receipt.name }
      },
    })
    state.ossOrigin = oss.url
    state.token = () => createBearer({ now: now() })
    state.read = async (key) => {
      const place = { method: 'GET', bucket: BUCKET, key, region: REGION, endpoint: oss.url }
      const options = { credentials: ACCESS_KEY, now: now(), expiresInSeconds: 60 }
      const response = await fetch(presign(place, options).url)
      const bytes = new Uint8Array(await response.arrayBuffer())
      return { status: response.status, type: response.headers.get('content-type'), bytes }
    }
  })
  afterAll(async () => {
    server.closeAllConnections()
    server.close()
    await oss.close()
  })
  beforeEach(() => {
    Object.assign(state, {
      receipts: [],
      calls: [],
      requestFault: () => undefined,
      callbackFault: () => undefined,
      isDown: () => false,
      offsetMs: 0,
    } satisfies Partial<Backend>)
  })
  return state
}
