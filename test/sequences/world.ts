/**
 * Everything that a sequence acts on: the local OSS, the service on an outbox that outlives its restarts, an application
 * that may be down, and a network that may lose or repeat callbacks. One clock, which moves only when told.
 * Over 200 lines: its parts call each other.
 */
import { createEmulator } from '../../src/emulator/index.ts'
import { signRequest } from '../../src/protocol/sign-v4.ts'
import {
  createService,
  type Service,
  type ServiceOptions,
} from '../../src/service/create-service.ts'
import { createHandlerDeliver } from '../../src/service/delivery/deliver.ts'
import { createLedgerOutbox, type LedgerOutbox } from '../../src/service/delivery/ledger-outbox.ts'
import { createMemoryLedger } from '../../src/service/delivery/memory-ledger.ts'
import type { Outbox } from '../../src/service/delivery/outbox.ts'
import type { DeliveryStore, Ledger } from '../../src/service/delivery/store.ts'
import type { Receipt } from '../../src/signer/accept-callback.ts'
import { createBearer } from '../support/bearer.ts'
import { createClock } from '../support/clock.ts'
import { ACCESS_KEY, CALLBACK_KEY } from '../support/keys.ts'
import { createSettings } from '../support/service-with-stub-oss.ts'

export const OTHER_ACCESS_KEY = { accessKeyId: 'other-ak', accessKeySecret: 'other-secret' }
const OPERATOR_TOKEN = 'the-token-of-the-operator-40-characters'
const HOUR_MS = 3_600_000
const TOKEN_SECONDS = 1000 * 86_400

/** Faults that a sequence must find; each takes one promise away. */
export type PlantedFault =
  | 'overwrites'
  | 'first response for other facts'
  | 'subject not bound'
  | 'forgets on restart'
  | 'no sweep'

/** Longer than the hour after which a failed delivery is tried again. */
export const TICKET_SECONDS = 6 * 3600
const COMMON = { types: ['*'], maxSize: 1e6, ticketSeconds: TICKET_SECONDS }

/** `shared` may be overwritten, on purpose. */
const PROFILES: ServiceOptions['profiles'] = {
  own: { ...COMMON, key: 'own/{sub}/{id}.{ext}' },
  named: { ...COMMON, key: 'named/{sub}.{ext}' },
  shared: { ...COMMON, key: 'shared/{sub}.{ext}', allowOverwrite: true },
}

export type CallbackFate = 'delivered' | 'lost' | 'doubled'

export interface Stored {
  size: number
  type: string
  etag: string
  crc64: string
  uploadedAs: string
}

export interface Delivered {
  receipt: Receipt
  /** What the object was at that moment. */
  stored: Stored | undefined
}

export interface World {
  now(): Date
  advance(seconds: number): void
  /** `POST` as this subject. */
  ask(
    path: string,
    body: unknown,
    subject: string,
    headers?: Record<string, string>,
  ): Promise<Response>
  askOperator(path: string, body?: unknown): Promise<Response>
  /** What a page sends to OSS. */
  send(request: Request): Promise<Response>
  head(key: string): Promise<Stored | undefined>
  sweep(): Promise<void>
  /** Delivers what is due by the clock. */
  runDue(): Promise<void>
  restart(): Promise<void>
  /** A new secret signs, the two before it still verify. @returns which ones verify now, by number */
  rotateSecret(): Promise<readonly number[]>
  rotateAccessKey(): Promise<void>
  /** Sends callback number `at` again, as it arrived. */
  replay(at: number): Promise<Response>
  /** Statuses of callbacks since the last call of this. */
  takeCallbackStatuses(): number[]
  fate: CallbackFate
  isApplicationUp: boolean
  readonly callbacks: readonly Request[]
  /** Calls of the application that succeeded, in order. */
  readonly delivered: readonly Delivered[]
  readonly replaced: readonly Receipt[]
  readonly lines: readonly string[]
  close(): Promise<void>
}

/** The secret of generation `at`. */
function nameSecret(at: number): string {
  return `secret of generation ${at}, long enough to be one`
}

/** An outbox by the world's clock; what is recorded is in the ledger. */
function openOutbox(
  ledger: Ledger,
  deliver: Parameters<typeof createLedgerOutbox>[0]['deliver'],
  now: () => Date,
): LedgerOutbox {
  const store: DeliveryStore = {
    durable: true,
    commit: async (work) => work(ledger),
    view: async (work) => work(ledger),
    // Nothing runs by itself: `runDue` does.
    wakeAt: () => {},
    problems: async () => [],
    close: async () => {},
  }
  return createLedgerOutbox({
    store,
    deliver,
    now,
    random: () => 0.999,
    // Nobody waits for a second attempt.
    retry: { baseMs: HOUR_MS, capMs: HOUR_MS },
  })
}

/** Gives the recorded response whatever the facts are. */
function forgiveConflicts(outbox: LedgerOutbox): LedgerOutbox {
  return {
    ...outbox,
    async accept(...args: Parameters<Outbox['accept']>) {
      try {
        return await outbox.accept(...args)
      } catch (error) {
        const known = await outbox.read(args[0].id)
        if (known) return known
        throw error
      }
    },
  }
}

export async function createWorld(planted?: PlantedFault): Promise<World> {
  const clock = createClock()
  const callbacks: Request[] = []
  const delivered: Delivered[] = []
  const replaced: Receipt[] = []
  const lines: string[] = []
  const tokens = new Map<string, string>()
  let statuses: number[] = []
  let ledger = createMemoryLedger()
  let generation = 0
  let accessKey = ACCESS_KEY
  let service: Service
  let outbox: LedgerOutbox

  async function callService(request: Request): Promise<Response> {
    const url = new URL(request.url)
    const mounted = url.pathname.replace(/^\/up%20here/, '')
    const response = await service.fetch(
      new Request(`${url.origin}${mounted}${url.search}`, request),
    )
    statuses.push(response.status)
    return response
  }

  const oss = createEmulator({
    accessKeys: [ACCESS_KEY, OTHER_ACCESS_KEY],
    buckets: ['examplebucket'],
    callbackKey: { privateKey: CALLBACK_KEY.privateKey, publicKeyUrl: CALLBACK_KEY.url },
    now: clock.now,
    async fetch(request) {
      callbacks.push(request.clone() as Request)
      if (world.fate === 'lost') throw new TypeError('The callback was lost.')
      if (world.fate === 'doubled') await callService(request.clone() as Request)
      return callService(request as Request)
    },
  })

  async function head(key: string): Promise<Stored | undefined> {
    const place = { bucket: 'examplebucket', key, region: 'cn-hangzhou' }
    const { url, headers } = signRequest(
      { ...place, method: 'HEAD' },
      { credentials: ACCESS_KEY, now: clock.now() },
    )
    const response = await oss.fetch(new Request(url, { method: 'HEAD', headers }))
    const read = (name: string): string => response.headers.get(name) ?? ''
    if (response.status === 404) return undefined
    return {
      size: Number(read('content-length')),
      type: read('content-type'),
      etag: read('etag').replaceAll('"', ''),
      crc64: read('x-oss-hash-crc64ecma'),
      uploadedAs: read('x-oss-meta-upcall-id'),
    }
  }

  const deliver = createHandlerDeliver(
    async (receipt) => {
      if (!world.isApplicationUp) throw new Error('The application is down.')
      delivered.push({ receipt, stored: await head(receipt.key) })
      return { id: receipt.id, call: delivered.length }
    },
    { onReplaced: (receipt) => void replaced.push(receipt), log: () => {} },
  )

  function listGenerations(): number[] {
    return [generation, generation - 1, generation - 2].filter((at) => at >= 0)
  }

  function open(): void {
    const own = openOutbox(ledger, deliver, clock.now)
    outbox = planted === 'first response for other facts' ? forgiveConflicts(own) : own
    const profiles = Object.entries(PROFILES).map(([name, profile]) => [
      name,
      planted === 'overwrites' ? { ...profile, allowOverwrite: true } : profile,
    ])
    service = createService({
      ...createSettings(),
      profiles: Object.fromEntries(profiles),
      credentials: accessKey,
      secret: listGenerations().map(nameSecret),
      operatorToken: OPERATOR_TOKEN,
      rateLimits: { subjectPerMinute: 0, addressPerMinute: 0 },
      outbox,
      now: clock.now,
      fetch: (input, init) => oss.fetch(new Request(input, init)),
      writeLog: (line) => lines.push(line),
    })
  }

  async function restart(): Promise<void> {
    await service.close()
    if (planted === 'forgets on restart') ledger = createMemoryLedger()
    open()
  }

  /** Valid for longer than any sequence lasts: tokens are tried elsewhere. */
  async function readToken(subject: string): Promise<string> {
    const known = tokens.get(subject)
    if (known) return known
    const token = await createBearer({ now: clock.now(), subject, lifeSeconds: TOKEN_SECONDS })
    tokens.set(subject, token)
    return token
  }

  /** The one who asked first: what a service would do that takes anybody for the owner of a session. */
  let firstSubject: string | undefined

  const world: World = {
    now: clock.now,
    advance: clock.advance,
    async ask(path, body, subject, headers = {}) {
      firstSubject ??= subject
      const isBound = planted !== 'subject not bound' || path === '/uploads'
      const token = await readToken(isBound ? subject : firstSubject)
      return service.fetch(
        new Request(`https://api.example.com${path}`, {
          method: 'POST',
          headers: {
            authorization: `Bearer ${token}`,
            'content-type': 'application/json',
            ...headers,
          },
          body: JSON.stringify(body),
        }),
      )
    },
    askOperator: (path, body) =>
      service.fetch(
        new Request(`https://api.example.com/operator/${path}`, {
          method: body === undefined ? 'GET' : 'POST',
          headers: {
            authorization: `Bearer ${OPERATOR_TOKEN}`,
            'content-type': 'application/json',
          },
          ...(body !== undefined && { body: JSON.stringify(body) }),
        }),
      ),
    send: (request) => oss.fetch(request),
    head,
    async sweep() {
      if (planted !== 'no sweep') await service.sweep({ olderThanSeconds: 0 })
    },
    async runDue() {
      await outbox.run()
    },
    restart,
    async rotateSecret() {
      generation += 1
      await restart()
      return listGenerations()
    },
    async rotateAccessKey() {
      accessKey = accessKey === ACCESS_KEY ? OTHER_ACCESS_KEY : ACCESS_KEY
      await restart()
    },
    async replay(at) {
      const request = callbacks[at]
      if (!request) throw new RangeError('There is no such callback.')
      return callService(request.clone() as Request)
    },
    takeCallbackStatuses() {
      const taken = statuses
      statuses = []
      return taken
    },
    fate: 'delivered',
    isApplicationUp: true,
    callbacks,
    delivered,
    replaced,
    lines,
    async close() {
      await service.close()
      await oss.close()
    },
  }
  open()
  return world
}
