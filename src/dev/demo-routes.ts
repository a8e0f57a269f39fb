/**
 * The demo page's own routes, for the dev server alone: the page, a token for its pretended user, links to
 * stored objects, switches for faults, and the callbacks as they happen.
 */
import { readFile } from 'node:fs/promises'
import { Hono } from 'hono'
import { csrf } from 'hono/csrf'
import { SignJWT } from 'jose'
import type { Emulator } from '../emulator/index.ts'
import { toUtf8 } from '../protocol/bytes.ts'
import { presign } from '../protocol/presign.ts'
import type { Settings } from '../service/settings.ts'
import type { Profile } from '../signer/profile.ts'
import type { DemoApplication } from './demo-application.ts'
import { createDemoEvents, readClockMs } from './demo-events.ts'
import type { DemoFaults } from './demo-faults.ts'
import { buildDemoPage, readWays } from './demo-page.ts'
import { buildDemoScript } from './demo-scripts.ts'

const PAGE_FOLDER = new URL('../../client/demo/', import.meta.url)

export interface DemoOptions {
  settings: Settings
  profiles: Record<string, Profile>
  /** Origin of the service; '' when it is this server. */
  serviceOrigin: string
  ossOrigin: string
  emulator: Emulator
  application: DemoApplication
  faults: DemoFaults
  /** What a page without a bundler embeds. */
  scriptTag: string
  /** The service's style for pictures; undefined where it has none. */
  thumbnails: string | undefined
}

/** Of the pictures in the list, which are shown half as large. */
const THUMB = 'image/resize,w_128,h_128'

/** Path below `/demo/` → file. */
const STYLES: Readonly<Record<string, string | URL>> = {
  'demo.css': new URL('demo.css', PAGE_FOLDER),
  'stage.css': new URL('stage.css', PAGE_FOLDER),
  'ways.css': new URL('ways.css', PAGE_FOLDER),
  'uppy.css': import.meta.resolve('@uppy/dashboard/css/style.min.css'),
}

export function createDemo({
  settings,
  profiles,
  serviceOrigin,
  ossOrigin,
  emulator,
  application,
  faults,
  scriptTag,
  thumbnails,
}: DemoOptions) {
  const { auth, bucket, region, endpoint, credentials } = settings
  if (!auth || !('secret' in auth) || typeof credentials === 'function') {
    throw new Error('The demo signs its own tokens and links: it needs a secret and fixed keys.')
  }
  const [secret = ''] = [auth.secret].flat()
  const key = toUtf8(secret)
  const runId = crypto.randomUUID()
  const app = new Hono()
  app.onError((error, c) => {
    console.error(error)
    return c.text(error.message, 500)
  })

  app.get('/', async (c) => {
    // What a page with a strict policy needs: its own origin, the service, and OSS.
    c.header(
      'content-security-policy',
      `default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self' blob:; style-src 'self'; img-src 'self' data: blob: ${ossOrigin}; connect-src 'self' ${serviceOrigin} ${ossOrigin}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    )
    return c.html(await buildDemoPage(c.req.query('lang'), c.req.header('accept-language')))
  })

  app.get('/demo/:file{\\w+\\.css}', async (c, next) => {
    const file = STYLES[c.req.param('file')]
    if (!file) return next()
    c.header('content-type', 'text/css; charset=utf-8')
    return c.body(await readFile(new URL(file), 'utf8'))
  })

  app.get('/demo/:file{\\w+\\.js}', async (c, next) => {
    const script = await buildDemoScript(c.req.param('file'))
    if (script === undefined) return next()
    c.header('content-type', 'text/javascript; charset=utf-8')
    return c.body(script)
  })

  // Its buttons change how the servers behave: pages of other origins must not press them.
  app.use('/demo/*', csrf())

  app.get('/demo/settings', async (c) =>
    c.json({
      // What was begun with another run of this server is unknown to it.
      runId,
      endpoint: serviceOrigin,
      scriptTag,
      thumbnails,
      ways: await readWays(),
      profiles: Object.entries(profiles).map(([name, { types }]) => ({
        name,
        accept: types.includes('*') ? '' : types.join(),
      })),
    }),
  )

  app.get('/demo/clock', (c) => c.json({ nowMs: readClockMs() }))

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
    const query = c.req.query('thumb') === undefined ? {} : { 'x-oss-process': THUMB }
    const object = { bucket, region, endpoint, key: c.req.query('key') ?? '' }
    const request = { method: 'GET', ...object, query }
    const { url } = presign(request, { credentials, now: new Date(), expiresInSeconds: 300 })
    return c.redirect(url)
  })

  app.route('/demo/application', application.routes)

  app.route('/demo/faults', faults.routes)
  app.get('/demo/log', createDemoEvents({ emulator, application, faults }))

  return app
}
