/**
 * The whole service from its settings, as one function from `Request` to `Response`.
 */
import { createHmacKey } from '../protocol/crypto.ts'
import { createCredentials } from '../signer/credentials.ts'
import { createApp } from './app.ts'
import type { Assets } from './assets.ts'
import { createAuthenticate } from './auth.ts'
import {
  createDeliver,
  createMemoryDeliveryStore,
  type DeliveryStore,
  type ReceiptHandler,
} from './delivery.ts'
import { createIds } from './ids.ts'
import { createLog } from './log.ts'
import { createOssClient } from './oss-client.ts'
import { type BuildResponse, buildFromTable } from './response.ts'
import { buildCallbackUrl, checkSettings, chooseAddressing, type Settings } from './settings.ts'

export interface ServiceOptions extends Settings {
  /** Gets each verified receipt, once per upload; what it returns is the page's response. @default the facts */
  onReceipt?: ReceiptHandler | undefined
  /** Keeps the responses. @default in memory: 10 000 uploads or 8 Mi characters, 25 hours */
  deliveries?: DeliveryStore | undefined
  /** The files of the browser client. @default none: `/client.js` is 404 */
  assets?: Assets | undefined
  /** How responses are built. @default from a plain table, which is fastest on Node */
  buildResponse?: BuildResponse | undefined
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
    buildResponse: options.buildResponse ?? buildFromTable,
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
