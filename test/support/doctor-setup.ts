/**
 * Everything that the doctor looks at, in memory and without a fault: a local OSS, a service behind a proxy, an application
 * with its webhooks, keys of an identity provider. A test plants faults by the options.
 */

import { createEmulator, type Emulator, type EmulatorOptions } from '../../src/emulator/index.ts'
import { readConfig } from '../../src/entry/config.ts'
import type { DoctorPorts, TlsOptions, TlsResult } from '../../src/entry/doctor/ports.ts'
import { createService, type ServiceOptions } from '../../src/service/create-service.ts'
import { createMemoryOutbox } from '../../src/service/delivery/memory-outbox.ts'
import type { Outbox } from '../../src/service/delivery/outbox.ts'
import { createIds } from '../../src/service/ids.ts'
import { createBeforeUploadReceiver, createReceiver } from '../../src/webhook/receiver.ts'
import { type Clock, createClock } from './clock.ts'
import { ACCESS_KEY, CALLBACK_KEY, JWT_AUDIENCE, JWT_ISSUER, UPCALL_SECRET } from './keys.ts'
import { SECRET } from './webhook-samples.ts'

export const PAGE = 'https://www.example.com'
export const OPERATOR_TOKEN = 'PLANTED-operator-token-of-more-than-32-characters'

export const ENV: Record<string, string> = {
  OSS_BUCKET: 'examplebucket',
  OSS_REGION: 'cn-hangzhou',
  OSS_ACCESS_KEY_ID: ACCESS_KEY.accessKeyId,
  OSS_ACCESS_KEY_SECRET: ACCESS_KEY.accessKeySecret,
  UPCALL_SECRET,
  UPCALL_PUBLIC_URL: 'https://api.example.com/files',
  UPCALL_PROFILES: JSON.stringify({
    avatar: { key: 'avatars/{sub}/{id}.{ext}', types: ['image/*'], maxSize: 5_000_000 },
    video: { key: 'videos/{id}', types: ['video/mp4'], maxSize: 5_000_000_000 },
  }),
  UPCALL_JWKS_URL: 'https://login.example.com/keys',
  UPCALL_JWT_ISSUER: JWT_ISSUER,
  UPCALL_JWT_AUDIENCE: JWT_AUDIENCE,
  UPCALL_ALLOWED_ORIGINS: PAGE,
  UPCALL_WEBHOOK_URL: 'https://app.example.com/events',
  UPCALL_BEFORE_URL: 'https://app.example.com/before',
  UPCALL_WEBHOOK_SECRETS: SECRET,
  UPCALL_OPERATOR_TOKEN: OPERATOR_TOKEN,
  UPCALL_CALLBACK_KEYS: JSON.stringify({ [CALLBACK_KEY.url]: CALLBACK_KEY.publicKey }),
}

type Statement = NonNullable<
  NonNullable<EmulatorOptions['accessKeys']>[number]['policy']
>['Statement'][number]

/** The policy of docs/service.md for these profiles, and what the doctor may read of the bucket. */
export const ALLOWED: readonly Statement[] = [
  {
    Effect: 'Allow',
    Action: ['oss:PutObject', 'oss:GetObject', 'oss:ListParts', 'oss:AbortMultipartUpload'],
    Resource: ['acs:oss:*:*:examplebucket/avatars/*', 'acs:oss:*:*:examplebucket/videos/*'],
  },
  {
    Effect: 'Allow',
    Action: ['oss:ListObjects', 'oss:ListMultipartUploads', 'oss:GetBucket*'],
    Resource: ['acs:oss:*:*:examplebucket'],
  },
]

export const deny = (...actions: string[]): Statement => ({
  Effect: 'Deny',
  Action: actions,
  Resource: '*',
})
export const allow = (...actions: string[]): Statement => ({ ...deny(...actions), Effect: 'Allow' })

type Bucket = Exclude<NonNullable<EmulatorOptions['buckets']>[number], string>
export type Handler = (request: Request) => Promise<Response>

export const CORS_RULE = {
  allowedOrigins: [PAGE],
  allowedMethods: ['PUT', 'POST'],
  allowedHeaders: ['*'],
  exposeHeaders: ['x-oss-request-id', 'x-oss-hash-crc64ecma'],
}

export interface DoctorSetupOptions {
  /** Changes of the doctor's environment; `undefined` takes a variable away. */
  env?: Record<string, string | undefined>
  /** Changes of the service's environment beside these. */
  serviceEnv?: Record<string, string>
  service?: Partial<ServiceOptions>
  outbox?: Partial<Outbox>
  bucket?: Partial<Bucket>
  oss?: Partial<EmulatorOptions>
  /** Statements added to the policy of the key. */
  policy?: readonly Statement[]
  /** Seconds that the doctor's clock is ahead. */
  clockAheadSeconds?: number
  /** In front of the service, for OSS and the doctor alike. */
  proxy?: (request: Request, service: Handler) => Promise<Response>
  /** Instead of the application, by path. */
  application?: Record<string, Handler>
  /** Before anything else of the network. */
  network?: (request: Request) => Response | undefined
  addresses?: Record<string, string[]>
  tls?: (options: TlsOptions) => TlsResult
}

export interface DoctorSetup {
  env: Record<string, string>
  ports: DoctorPorts
  oss: Emulator
  clock: Clock
  /** What the application's handlers were called with. */
  calls: unknown[]
  lines: string[]
}

export function networkError(code: string): TypeError {
  return new TypeError('fetch failed', { cause: Object.assign(new Error(code), { code }) })
}

function defined(env: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).flatMap(([k, v]) => (v === undefined ? [] : [[k, v]])),
  )
}

const DAY_MS = 86_400_000

function createApplication(clock: Clock, calls: unknown[]): Record<string, Handler> {
  const options = { secrets: [SECRET], now: clock.now, onError: () => {} }
  const note = (what: unknown) => ({ count: calls.push(what) })
  return {
    '/events': createReceiver({ ...options, onEvent: note }).fetch,
    '/before': createBeforeUploadReceiver({ ...options, onBeforeUpload: note }).fetch,
    '/keys': async () => Response.json({ keys: [{ kty: 'OKP', kid: '1' }] }),
  }
}

export function createDoctorSetup(options: DoctorSetupOptions = {}): DoctorSetup {
  const clock = createClock()
  const env = defined({ ...ENV, ...options.env })
  const calls: unknown[] = []
  const lines: string[] = []
  const { proxy = (request, service) => service(request), clockAheadSeconds = 0 } = options
  const oss = createEmulator({
    accessKeys: [{ ...ACCESS_KEY, policy: { Statement: [...ALLOWED, ...(options.policy ?? [])] } }],
    buckets: [
      {
        name: 'examplebucket',
        cors: [CORS_RULE],
        lifecycle: [{ abortMultipartUploadDays: 7 }],
        blockPublicAccess: true,
        ...options.bucket,
      },
    ],
    callbackKey: { privateKey: CALLBACK_KEY.privateKey, publicKeyUrl: CALLBACK_KEY.url },
    now: clock.now,
    ...(options.oss?.callbackTransport
      ? {}
      : { fetch: (request: Request) => proxy(request, askService) }),
    ...options.oss,
  })
  const application = { ...createApplication(clock, calls), ...options.application }

  async function send(request: Request): Promise<Response> {
    const planned = options.network?.(request)
    if (planned) return planned
    const { hostname, pathname } = new URL(request.url)
    if (hostname.endsWith('.aliyuncs.com')) return oss.fetch(request)
    if (hostname === 'api.example.com') return proxy(request, askService)
    const handler = application[pathname]
    if (handler) return handler(request)
    throw networkError('ENOTFOUND')
  }
  const fetcher: typeof fetch = async (input, init) => send(new Request(input, init))

  const { host: _h, port: _p, ...settings } = readConfig({ ...ENV, ...options.serviceEnv })
  const outbox = createMemoryOutbox({ deliver: async () => 'null', now: clock.now })
  const service = createService({
    ...settings,
    outbox: { ...outbox, durable: true, problems: async () => [], ...options.outbox },
    now: clock.now,
    fetch: fetcher,
    writeLog: (line) => lines.push(line),
    ...options.service,
  })
  const askService: Handler = (request) => service.fetch(request)

  const ports: DoctorPorts = {
    fetch: fetcher,
    async resolve(host) {
      const found = { 'api.example.com': ['203.0.113.7'], ...options.addresses }[host]
      if (found === undefined) throw Object.assign(new Error(host), { code: 'ENOTFOUND' })
      return found
    },
    async connectTls(asked) {
      const validTo = new Date(clock.now().getTime() + 60 * DAY_MS)
      return options.tls?.(asked) ?? { kind: 'ok', validTo }
    },
    now: () => new Date(clock.now().getTime() + clockAheadSeconds * 1000),
    newId: createIds(),
  }
  return { env, ports, oss, clock, calls, lines }
}
