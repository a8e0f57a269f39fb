/**
 * `npm run dev`: the service with the demo page on one port, the local OSS on another, so that CORS is the real thing.
 * With `--worker` the service runs in workerd (`wrangler dev`), on a third port. Over 200 lines: all that is plugged
 * together, in the order in which it starts.
 */
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { serve } from '@hono/node-server'
import { createEmulator, type ImageProcessor } from '../emulator/index.ts'
import { listen } from '../emulator/listen.ts'
import { createDiskStorage } from '../emulator/storage/disk-store.ts'
import { toBase64, toBase64Url, toUtf8 } from '../protocol/bytes.ts'
import { type Assets, createMemoryAssets } from '../service/assets.ts'
import type { AuthOptions } from '../service/auth.ts'
import { createDeliver, createService } from '../service/create-service.ts'
import { createMemoryOutbox } from '../service/delivery/memory-outbox.ts'
import type { Settings } from '../service/settings.ts'
import type { Profile } from '../signer/profile.ts'
import { buildClient, bundleClient, type ClientFile } from './build-client.ts'
import { createDemoApplication } from './demo-application.ts'
import { createDemoFaults } from './demo-faults.ts'
import { createDemo } from './demo-routes.ts'
import { findPort } from './find-port.ts'
import { describeService, writeOpenApi } from './openapi/build.ts'
import { guardEmulator, readAllowedHosts, refuseForeignHost } from './own-host.ts'

const HOST = '127.0.0.1'
const BUCKET = 'demo-bucket'
const REGION = 'cn-hangzhou'
/** ms */
const MAX_RETRY_MS = 3000
const CLIENT_FOLDER = fileURLToPath(new URL('../../dist/browser/', import.meta.url))

const PROFILES: Record<string, Profile> = {
  anything: {
    key: 'anything/{sub}/{id}.{ext}',
    types: ['*'],
    maxSize: 5_000_000_000,
  },
  photo: {
    key: 'photos/{sub}/{id}.{ext}',
    types: ['image/*'],
    minSize: 1,
    maxSize: 25_000_000,
    methods: ['put'],
  },
  note: {
    key: 'notes/{sub}/{yyyy}-{mm}-{dd}/{id}.txt',
    types: ['text/plain'],
    minSize: 1,
    maxSize: 64_000,
    methods: ['form'],
  },
}

/** Pictures of the element, which are shown at 44 × 44 pixels. */
const STYLES = { thumb: 'image/resize,m_fill,w_88,h_88,limit_0' }

function createSecret(): string {
  return toBase64Url(crypto.getRandomValues(new Uint8Array(48)))
}

/** The same service in workerd; its settings as variables, as a deployment has them. */
function startWorker(
  settings: Settings & { auth: AuthOptions },
  port: number,
  accessKey: [string, string],
) {
  const { auth } = settings
  const vars: Record<string, string> = {
    OSS_BUCKET: settings.bucket,
    OSS_REGION: settings.region,
    OSS_ENDPOINT: settings.endpoint ?? '',
    OSS_ACCESS_KEY_ID: accessKey[0],
    OSS_ACCESS_KEY_SECRET: accessKey[1],
    UPCALL_SECRET: [settings.secret].flat().join(' '),
    UPCALL_PUBLIC_URL: settings.publicUrl,
    UPCALL_PROFILES: JSON.stringify(settings.profiles),
    UPCALL_JWT_SECRET: 'secret' in auth ? [auth.secret].flat().join(' ') : '',
    UPCALL_JWT_ISSUER: auth.issuer,
    UPCALL_JWT_AUDIENCE: auth.audience,
    UPCALL_ALLOWED_ORIGINS: (settings.allowedOrigins ?? []).join(),
    UPCALL_WEBHOOK_URL: settings.webhook?.url ?? '',
    UPCALL_WEBHOOK_SECRETS: (settings.webhook?.secrets ?? []).join(),
    UPCALL_OPERATOR_TOKEN: settings.operatorToken ?? '',
    UPCALL_CALLBACK_KEYS: JSON.stringify(settings.callbackKeys),
  }
  const args = Object.entries(vars).flatMap(([name, value]) => ['--var', `${name}:${value}`])
  return spawn(
    'wrangler',
    ['dev', '--ip', HOST, '--port', String(port), '--show-interactive-dev-session=false', ...args],
    {
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, WRANGLER_SEND_METRICS: 'false' },
    },
  )
}

/** The client as its sources are now, whatever was built before. */
function createClientAssets(client: readonly ClientFile[]): Assets {
  const files: Record<string, Uint8Array> = { '/openapi.json': toUtf8(describeService()) }
  for (const { name, hashedName, code } of client) {
    files[`/${name}`] = files[`/${hashedName}`] = toUtf8(code)
  }
  return createMemoryAssets(files)
}

function buildScriptTag(client: readonly ClientFile[], origin: string): string {
  const script = client.find(({ name }) => name === 'client.js')
  return `<script src="${origin}/${script?.hashedName}" crossorigin="anonymous"\n  integrity="${script?.integrity}"></script>`
}

/** Without it, the local OSS refuses image processing, and all else works. */
async function loadImageProcessor(): Promise<ImageProcessor | undefined> {
  try {
    return (await import('./image-processor.ts')).createImageProcessor()
  } catch {
    console.warn('sharp does not run on this machine: the local OSS processes no images.')
    return undefined
  }
}

async function start(): Promise<void> {
  const { values } = parseArgs({ options: { worker: { type: 'boolean', default: false } } })
  const pagePort = await findPort(Number(process.env.PORT ?? 8787))
  const servicePort = values.worker ? await findPort(pagePort + 1) : pagePort
  const pageOrigin = `http://${HOST}:${pagePort}`
  const serviceOrigin = `http://${HOST}:${servicePort}`

  const accessKeyId = 'dev-access-key'
  const accessKeySecret = createSecret()
  const faults = createDemoFaults()
  const imageProcessor = await loadImageProcessor()
  const emulator = createEmulator({
    accessKeys: [{ accessKeyId, accessKeySecret }],
    buckets: [
      {
        name: BUCKET,
        region: REGION,
        cors: [
          {
            allowedOrigins: [pageOrigin, `http://localhost:${pagePort}`],
            allowedMethods: ['PUT', 'POST', 'GET', 'HEAD'],
            allowedHeaders: ['*'],
            exposeHeaders: ['ETag', 'x-oss-request-id', 'x-oss-hash-crc64ecma'],
            maxAgeSeconds: 600,
          },
        ],
      },
    ],
    allowPrivateCallbacks: true,
    faults: faults.faults,
    storage: createDiskStorage(),
    ...(imageProcessor && { imageProcessor }),
  })
  const allowedHosts = readAllowedHosts(process.env.UPCALL_DEV_HOSTS)
  const oss = await listen(faults.connect(guardEmulator(emulator, allowedHosts)), {
    port: await findPort(Number(process.env.OSS_PORT ?? 9000)),
    host: HOST,
  })

  const webhookSecret = `whsec_${toBase64(crypto.getRandomValues(new Uint8Array(32)))}`
  const operatorToken = createSecret()
  const settings = {
    bucket: BUCKET,
    region: REGION,
    endpoint: oss.url,
    credentials: { accessKeyId, accessKeySecret },
    secret: createSecret(),
    publicUrl: serviceOrigin,
    profiles: PROFILES,
    auth: { secret: createSecret(), issuer: 'upcall-dev', audience: 'upcall-dev' },
    allowedOrigins: [pageOrigin],
    webhook: { url: `${pageOrigin}/demo/application/webhook`, secrets: [webhookSecret] },
    operatorToken,
    callbackKeys: { [emulator.callbackPublicKeyUrl]: emulator.callbackPublicKey },
  }

  // Wrangler serves the client from this folder and does not start without it.
  const client = await (values.worker ? buildClient(CLIENT_FOLDER) : bundleClient())
  if (values.worker) writeOpenApi(CLIENT_FOLDER)
  const assets = createClientAssets(client)
  // Tried again sooner than in production: whoever watches the demo should not wait for hours.
  const outbox = createMemoryOutbox({
    deliver: createDeliver(settings),
    retry: { capMs: MAX_RETRY_MS },
  })
  // The stand-alone Worker has no `objects`; without an image processor there is nothing to show.
  const thumbnails = values.worker || !imageProcessor ? undefined : 'thumb'
  const service = createService({
    ...{ ...settings, outbox, assets },
    objects: { profiles: Object.keys(PROFILES), ...(thumbnails && { styles: STYLES }) },
  })
  const application = createDemoApplication({
    webhookSecret,
    async readDue() {
      const headers = { authorization: `Bearer ${operatorToken}` }
      const response = await fetch(`${serviceOrigin}/operator/deliveries`, { headers })
      return ((await response.json()) as { due: number }).due
    },
  })
  const demo = createDemo({
    settings,
    profiles: PROFILES,
    serviceOrigin: values.worker ? serviceOrigin : '',
    ossOrigin: oss.url,
    emulator,
    application,
    faults,
    scriptTag: buildScriptTag(client, serviceOrigin),
    thumbnails,
  })
  const worker = values.worker
    ? startWorker(settings, servicePort, [accessKeyId, accessKeySecret])
    : undefined
  if (!worker) demo.mount('/', service.fetch)
  const handle = (request: Request): Response | Promise<Response> =>
    refuseForeignHost(request, allowedHosts) ?? demo.fetch(request)
  const server = serve({ fetch: handle, hostname: HOST, port: pagePort }, () => {
    console.log(`
  Demo page   ${pageOrigin}/
  Service     ${serviceOrigin}/uploads${worker ? ' (workerd)' : ''}
  Local OSS   ${oss.url}  bucket ${BUCKET}

  Ctrl-C ends all of it; what was uploaded is gone then.
`)
  })

  async function stop(): Promise<void> {
    worker?.kill('SIGTERM')
    if ('closeAllConnections' in server) server.closeAllConnections()
    server.close()
    await oss.close()
    await emulator.close()
    process.exit(0)
  }
  process.once('SIGTERM', () => void stop())
  process.once('SIGINT', () => void stop())
  worker?.once('exit', (code) => {
    console.error(`wrangler dev ended (${code}); so does this.`)
    void stop()
  })
}

await start()
