/**
 * The whole service from its settings: chooses the parts, joins them, and is one function of a `Request`.
 */
import { createHmacKey } from '../protocol/crypto.ts'
import { createCredentials } from '../signer/credentials.ts'
import { type MakeAnswer, makeFromTable } from './answer.ts'
import { createApp } from './app.ts'
import type { Assets } from './assets.ts'
import { createAuthenticate } from './auth.ts'
import {
  createDeliver,
  createMemoryDeliveryStore,
  type DeliveryStore,
  type ReceiptHandler,
} from './delivery.ts'
import { createLog } from './log.ts'
import { createOssClient } from './oss-client.ts'
import { buildCallbackUrl, checkSettings, chooseAddressing, type Settings } from './settings.ts'

export interface ServiceOptions extends Settings {
  /** Gets each verified receipt, once per upload; its answer is what the page gets. @default the facts themselves */
  onReceipt?: ReceiptHandler | undefined
  /** Remembers what was answered. @default in memory: 10 000 uploads or 8 Mi characters, 25 hours */
  deliveries?: DeliveryStore | undefined
  /** The files of the browser client. @default none: `/client.js` answers 404 */
  assets?: Assets | undefined
  /** How answers are made. @default of a plain table, as Node likes it */
  makeAnswer?: MakeAnswer | undefined
  /** One line of JSON per failure. @default `console.error` */
  writeLog?: ((line: string) => void) | undefined
  /** For tests. */
  now?: (() => Date) | undefined
  /** For tests. */
  newId?: (() => string) | undefined
  /** For OSS and the JWKS. @default the platform's own */
  fetch?: typeof fetch | undefined
}

export interface Service {
  fetch(request: Request): Promise<Response>
}

/** Base64url's; 64 characters, so that six bits of each random byte choose one evenly. */
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
/** 132 random bits. */
const ID_CHARS = 22
/** Asking for randomness costs more than the id; it is asked for 64 ids at a time. */
const IDS_AT_ONCE = 64

function createIds(): () => string {
  const pool = new Uint8Array(ID_CHARS * IDS_AT_ONCE)
  let at = pool.length
  return () => {
    if (at === pool.length) {
      crypto.getRandomValues(pool)
      at = 0
    }
    let id = ''
    for (const end = at + ID_CHARS; at < end; at += 1) id += ALPHABET[(pool[at] ?? 0) & 63]
    return id
  }
}

/** Texts that must never reach a log. */
function listSecrets({ credentials, secret, auth }: Settings): string[] {
  const fixed = typeof credentials === 'function' ? undefined : credentials
  return [
    secret,
    'secret' in auth ? auth.secret : '',
    fixed?.accessKeySecret ?? '',
    fixed?.securityToken ?? '',
  ]
}

/**
 * Creates the service.
 *
 * @throws {ConfigError} with everything that is wrong with the settings
 */
export function createService(options: ServiceOptions): Service {
  const profiles = checkSettings(options)
  const { bucket, region, endpoint, internalEndpoint = endpoint } = options
  const now = options.now ?? (() => new Date())
  // Called as a plain function: platforms refuse theirs as a method of something else.
  const own = options.fetch
  const fetcher: typeof fetch = own
    ? (input, init) => own(input, init)
    : (input, init) => fetch(input, init)
  const callbackUrl = buildCallbackUrl(options.publicUrl)
  const credentials = createCredentials(options.credentials)
  const deliveries = options.deliveries ?? createMemoryDeliveryStore({ now })
  const addressing = options.addressing ?? chooseAddressing(endpoint)

  const app = createApp({
    ticketContext: {
      bucket,
      region,
      endpoint,
      addressing,
      callbackUrl,
      secret: createHmacKey(options.secret),
    },
    credentials,
    profiles,
    authenticate: createAuthenticate(options.auth, { now, fetch: fetcher }),
    oss: createOssClient({
      bucket,
      region,
      endpoint: internalEndpoint,
      addressing: options.addressing ?? chooseAddressing(internalEndpoint),
      credentials,
      fetch: fetcher,
      now,
    }),
    deliver: createDeliver(deliveries, options.onReceipt),
    callbackPath: new URL(callbackUrl).pathname,
    callbackKeys: options.callbackKeys,
    allowedOrigins: options.allowedOrigins ?? [],
    assets: options.assets,
    makeAnswer: options.makeAnswer ?? makeFromTable,
    log: createLog({
      secrets: listSecrets(options),
      ...(options.writeLog && { write: options.writeLog }),
    }),
    now,
    newId: options.newId ?? createIds(),
  })
  return {
    async fetch(request) {
      return app.fetch(request)
    },
  }
}
