/**
 * The demo page's own routes, for the dev server alone: the page, a token for its pretended user, links to
 * stored objects, and the callbacks as they happen.
 */
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { Hono } from 'hono'
import { streamSSE } from 'hono/streaming'
import { SignJWT } from 'jose'
import type { CallbackEntry, Emulator } from '../emulator/index.ts'
import { toUtf8 } from '../protocol/bytes.ts'
import { presign } from '../protocol/presign.ts'
import type { Settings } from '../service/settings.ts'
import type { Profile } from '../signer/profile.ts'
import type { ApplicationNews, DemoApplication } from './demo-application.ts'

const PAGE_FOLDER = new URL('../../client/demo/', import.meta.url)
const PING_MS = 15_000
const MAX_LOGGED_BODY_CHARS = 4000

export interface DemoProfile extends Profile {
  /** Told to people below the choice. */
  hint: string
}

export interface DemoOptions {
  settings: Settings
  profiles: Record<string, DemoProfile>
  /** Origin of the service; '' when it is this server. */
  serviceOrigin: string
  ossOrigin: string
  emulator: Emulator
  application: DemoApplication
  /** What a page without a bundler embeds. */
  scriptTag: string
}

/** Built anew for each request: a change of the client shows on reload. */
async function buildScript(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('demo.ts', PAGE_FOLDER))],
    bundle: true,
    format: 'esm',
    target: 'es2022',
    absWorkingDir: fileURLToPath(PAGE_FOLDER),
    sourcemap: 'inline',
    write: false,
    logLevel: 'silent',
  })
  return outputFiles[0]?.text ?? ''
}

/** A callback for people: one field a line, the seal cut short. */
function describeCallback({ time, key, status, outcome, message, body, bodyType }: CallbackEntry) {
  const fields =
    bodyType === 'application/json'
      ? body
      : [...new URLSearchParams(body)]
          .map(
            ([name, value]) => `${name} = ${name === 'seal' ? '(sealed by the service)' : value}`,
          )
          .join('\n')
  return { time, key, status, outcome, message, body: fields.slice(0, MAX_LOGGED_BODY_CHARS) }
}

export function createDemo({
  settings,
  profiles,
  serviceOrigin,
  ossOrigin,
  emulator,
  application,
  scriptTag,
}: DemoOptions) {
  const { auth, bucket, region, endpoint, credentials } = settings
  if (!auth || !('secret' in auth) || typeof credentials === 'function') {
    throw new Error('The demo signs its own tokens and links: it needs a secret and fixed keys.')
  }
  const [secret = ''] = [auth.secret].flat()
  const key = toUtf8(secret)
  const app = new Hono()
  app.onError((error, c) => {
    console.error(error)
    return c.text(error.message, 500)
  })

  app.get('/', async (c) => {
    // What a page with a strict policy needs: its own origin, the service, and OSS.
    c.header(
      'content-security-policy',
      `default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self' blob:; style-src 'self'; img-src 'self' data: ${ossOrigin}; connect-src 'self' ${serviceOrigin} ${ossOrigin}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    )
    return c.html(await readFile(new URL('index.html', PAGE_FOLDER), 'utf8'))
  })

  app.get('/demo/demo.css', async (c) => {
    c.header('content-type', 'text/css; charset=utf-8')
    return c.body(await readFile(new URL('demo.css', PAGE_FOLDER), 'utf8'))
  })

  app.get('/demo/demo.js', async (c) => {
    c.header('content-type', 'text/javascript; charset=utf-8')
    return c.body(await buildScript())
  })

  app.get('/demo/settings', (c) =>
    c.json({
      endpoint: serviceOrigin,
      scriptTag,
      profiles: Object.entries(profiles).map(([name, { hint, types }]) => ({
        name,
        hint,
        accept: types.includes('*') ? '' : types.join(),
      })),
    }),
  )

  app.get('/demo/token', async (c) => {
    const token = await new SignJWT()
      .setProtectedHeader({ alg: 'HS256' })
      .setSubject('demo-user')
      .setIssuer(auth.issuer)
      .setAudience(auth.audience)
      .setIssuedAt()
      .setExpirationTime('10 minutes')
      .sign(key)
    return c.json({ token }, { headers: { 'cache-control': 'no-store' } })
  })

  app.get('/demo/object', (c) => {
    const request = { method: 'GET', bucket, region, endpoint, key: c.req.query('key') ?? '' }
    const { url } = presign(request, { credentials, now: new Date(), expiresInSeconds: 300 })
    return c.redirect(url)
  })

  app.route('/demo/application', application.routes)

  app.get('/demo/log', (c) =>
    streamSSE(c, async (stream) => {
      const write = (entry: CallbackEntry): void => {
        void stream.writeSSE({ data: JSON.stringify(describeCallback(entry)) })
      }
      const tell = (news: ApplicationNews): void => {
        void stream.writeSSE({ event: 'application', data: JSON.stringify(news) })
      }
      const stops = [emulator.onCallback(write), application.onEvent(tell)]
      stream.onAbort(() => {
        for (const stop of stops) stop()
      })
      while (!stream.aborted) {
        await stream.writeSSE({ event: 'ping', data: '' })
        await stream.sleep(PING_MS)
      }
    }),
  )

  return app
}
