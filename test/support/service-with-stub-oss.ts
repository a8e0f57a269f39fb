/**
 * A service on fixed keys and a fixed clock, in front of an OSS that responds as the test says.
 */
import { fromBase64Url, toBase64, toUtf8 } from '../../src/protocol/bytes.ts'
import { parsePrivateKey, signRsaMd5 } from '../../src/protocol/crypto-rsa-private.ts'
import type { AuthOptions } from '../../src/service/auth.ts'
import {
  createService,
  type Service,
  type ServiceOptions,
} from '../../src/service/create-service.ts'
import type { ErrorResponse } from '../../src/signer/ticket.ts'
import { type BearerOptions, createBearer } from './bearer.ts'
import { withCheckedResponses } from './check-openapi.ts'
import { type Clock, createClock } from './clock.ts'
import {
  ACCESS_KEY,
  CALLBACK_KEY,
  JWT_AUDIENCE,
  JWT_ISSUER,
  JWT_SECRET,
  UPCALL_SECRET,
} from './keys.ts'
import { createTestOutbox } from './test-outbox.ts'

export const PUBLIC_URL = 'https://api.example.com/up%20here'
export const CALLBACK_PATH = '/up%20here/callbacks/oss'

/** Profiles that together use every setting. */
export const PROFILES: ServiceOptions['profiles'] = {
  avatar: {
    key: 'avatars/{sub}/{id}.{ext}',
    types: ['image/*'],
    minSize: 1,
    maxSize: 5_000_000,
    vars: ['album', 'note'],
  },
  any: { key: 'any/{yyyy}/{mm}/{dd}/{id}.{ext}', types: ['*'], maxSize: 20_000_000_000 },
  fixed: {
    key: 'fixed/{sub}.{ext}',
    types: ['text/plain', 'text/html'],
    maxSize: 1_000_000,
    methods: ['form', 'put'],
    cacheControl: 'private, max-age=60',
    storageClass: 'IA',
  },
  direct: {
    key: 'd/{id}',
    types: ['*'],
    maxSize: 1_000_000,
    callback: { url: ['https://one.example.com/cb', 'https://two.example.com/cb'] },
  },
}

export function createSettings(): ServiceOptions & { auth: AuthOptions } {
  return {
    bucket: 'examplebucket',
    region: 'cn-hangzhou',
    credentials: ACCESS_KEY,
    secret: UPCALL_SECRET,
    publicUrl: PUBLIC_URL,
    profiles: PROFILES,
    auth: { secret: JWT_SECRET, issuer: JWT_ISSUER, audience: JWT_AUDIENCE },
    callbackKeys: { [CALLBACK_KEY.url]: CALLBACK_KEY.publicKey },
  }
}

export interface ServiceWithStubOss {
  service: Service
  clock: Clock
  /** Every request that the service made. */
  requests: Request[]
  /** Every line that it logged. */
  lines: string[]
  bearer(options?: Partial<BearerOptions>): Promise<string>
  post(path: string, body: unknown, options?: PostOptions): Promise<Response>
}

export interface PostOptions {
  /** `null`: none. @default a good one for `user-42` */
  token?: string | null
  headers?: Record<string, string>
}

type Oss = (request: Request) => Response | Promise<Response>

function refuseRequest(request: Request): never {
  throw new Error(`Unplanned request: ${request.method} ${new URL(request.url).pathname}`)
}

export function createServiceWithStubOss(
  options: Partial<ServiceOptions> = {},
  oss: Oss = refuseRequest,
): ServiceWithStubOss {
  const clock = createClock()
  const requests: Request[] = []
  const lines: string[] = []
  const all: ServiceOptions = {
    ...createSettings(),
    now: clock.now,
    fetch: async (input, init) => {
      const request = new Request(input, init)
      requests.push(request)
      return oss(request)
    },
    writeLog: (line) => lines.push(line),
    ...options,
  }
  const service = withCheckedResponses(
    createService({ outbox: createTestOutbox(all), ...all }),
    all.basePath,
  )
  const bearer: ServiceWithStubOss['bearer'] = (more) => createBearer({ now: clock.now(), ...more })
  return {
    service,
    clock,
    requests,
    lines,
    bearer,
    async post(path, body, { token, headers } = {}) {
      const sent = token === undefined ? await bearer() : token
      return service.fetch(
        new Request(`https://api.example.com${path}`, {
          method: 'POST',
          headers: {
            'content-type': 'application/json',
            ...(sent !== null && { authorization: `Bearer ${sent}` }),
            ...headers,
          },
          body: typeof body === 'string' ? body : JSON.stringify(body),
        }),
      )
    },
  }
}

/** Code and status of a response in one text, e.g. `403 SEAL_INVALID`: what tests assert. */
export async function readProblem(response: Response): Promise<string> {
  const { error } = (await response.json()) as ErrorResponse
  return `${response.status} ${error.code}`
}

/** Claims of one of our tokens, unverified. */
export function readClaims(token: string): Record<string, unknown> {
  return JSON.parse(new TextDecoder().decode(fromBase64Url(token.split('.')[1] ?? '')))
}

export interface CallbackOptions {
  /** Path and query that are signed. */
  path?: string
  keyUrl?: string
  privateKey?: string
  headers?: Record<string, string>
}

/** A callback as OSS would send it to the service, signed with the tests' key. */
export function createCallback(
  body: string | URLSearchParams,
  { path = CALLBACK_PATH, keyUrl, privateKey, headers }: CallbackOptions = {},
): Request {
  const mark = path.indexOf('?')
  const query = mark < 0 ? '' : path.slice(mark)
  const decoded = decodeURIComponent(mark < 0 ? path : path.slice(0, mark))
  const key = parsePrivateKey(privateKey ?? CALLBACK_KEY.privateKey)
  return new Request(`https://api.example.com/callbacks/oss${query}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      authorization: toBase64(signRsaMd5(key, toUtf8(`${decoded}${query}\n${body}`))),
      'x-oss-pub-key-url': toBase64(keyUrl ?? CALLBACK_KEY.url),
      'x-oss-signature-version': '1.0',
      ...headers,
    },
    body: String(body),
  })
}
