/** What a service needs around it, on loopback: the local OSS, and an application that receives webhooks. */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import type { CallbackFault } from '../../src/emulator/index.ts'
import { type RunningEmulator, startEmulator } from '../../src/emulator/start.ts'
import { createReceiver, type UploadEvent } from '../../src/webhook/index.ts'
import { changeEnvironment } from '../support/environment.ts'
import { ACCESS_KEY, CALLBACK_KEY, JWT_AUDIENCE, JWT_ISSUER } from '../support/keys.ts'

export const OPERATOR_TOKEN = 'PLANTED-operator-token-of-at-least-32-chars'
const WEBHOOK_SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`

/** How users' tokens are verified: by a shared secret (HS256), or by keys that the service fetches (ES256). */
export type TokenKind = 'HS256' | 'ES256'

export interface Surroundings {
  oss: RunningEmulator
  /** Verified, in the order of their arrival. */
  events: UploadEvent[]
  /** While it is down, the application responds 503 to every event. */
  setApplicationDown(isDown: boolean): void
  /** Of the next callback alone. */
  failNextCallback(fault: CallbackFault): void
  /** Variables for a service that is reached under this address. */
  buildEnvironment(publicUrl: string, tokens?: TokenKind): Record<string, string>
  /** Takes OSS's callbacks of uploads with the bucket's keys, and responds with the values of the body as JSON. */
  callbackUrl: string
  /** A token by the key of the JWKS. */
  signToken(key?: CryptoKey): Promise<string>
  close(): Promise<void>
}

const CALLBACK_PATH = '/callback'

async function respondWithValues(request: IncomingMessage, response: ServerResponse) {
  const values = Object.fromEntries(new URLSearchParams(await text(request)))
  const body = Buffer.from(JSON.stringify(values))
  const headers = { 'content-type': 'application/json', 'content-length': body.length }
  response.writeHead(200, headers).end(body)
}

export async function startSurroundings(): Promise<Surroundings> {
  const faults: CallbackFault[] = []
  const oss = await startEmulator({
    accessKeys: [ACCESS_KEY],
    buckets: ['examplebucket'],
    callbackKey: { privateKey: CALLBACK_KEY.privateKey, publicKeyUrl: CALLBACK_KEY.url },
    faults: { onCallback: () => faults.shift() },
  })
  const events: UploadEvent[] = []
  const receiver = createReceiver({
    secrets: [WEBHOOK_SECRET],
    async onEvent(event) {
      events.push(event)
      return { saved: event.data.id }
    },
  })
  let isApplicationDown = false
  const { publicKey, privateKey } = await generateKeyPair('ES256')
  const jwks = JSON.stringify({
    keys: [{ ...(await exportJWK(publicKey)), kid: 'a', alg: 'ES256' }],
  })
  const application = createServer((request, response) => {
    if (request.url === '/jwks.json') response.end(jwks)
    else if (request.url === CALLBACK_PATH) respondWithValues(request, response)
    else if (isApplicationDown) response.writeHead(503).end()
    else receiver.node(request, response)
  }).listen(0, '127.0.0.1')
  await once(application, 'listening')
  const { port } = application.address() as AddressInfo
  return {
    oss,
    events,
    callbackUrl: `http://127.0.0.1:${port}${CALLBACK_PATH}`,
    setApplicationDown(isDown) {
      isApplicationDown = isDown
    },
    failNextCallback: (fault) => void faults.push(fault),
    signToken: (key = privateKey) =>
      new SignJWT({})
        .setProtectedHeader({ alg: 'ES256', kid: 'a' })
        .setIssuer(JWT_ISSUER)
        .setAudience(JWT_AUDIENCE)
        .setSubject('user-42')
        .setExpirationTime('5 min')
        .sign(key),
    buildEnvironment: (publicUrl, tokens = 'HS256') =>
      changeEnvironment({
        ...(tokens === 'ES256' && {
          UPCALL_JWT_SECRET: undefined,
          UPCALL_JWKS_URL: `http://127.0.0.1:${port}/jwks.json`,
        }),
        OSS_ENDPOINT: oss.url,
        UPCALL_PUBLIC_URL: publicUrl,
        UPCALL_WEBHOOK_URL: `http://127.0.0.1:${port}/webhooks/uploads`,
        UPCALL_WEBHOOK_SECRETS: WEBHOOK_SECRET,
        UPCALL_OPERATOR_TOKEN: OPERATOR_TOKEN,
      }),
    async close() {
      application.closeAllConnections()
      application.close()
      await once(application, 'close')
      await oss.close()
    },
  }
}
