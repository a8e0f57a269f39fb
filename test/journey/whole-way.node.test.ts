/**
 * From an empty folder to a service in production, with the packed tarball and nothing else: set up, checked, faults found
 * and mended one by one, an upload from a browser, its event in the application, its numbers, a secret rotated, a restart,
 * a dead delivery replayed.
 */
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { SignJWT } from 'jose'
import { type Browser, chromium, type Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { findPort } from '../../src/dev/find-port.ts'
import { signRequest } from '../../src/protocol/index.ts'
import { CHROMIUM_ARGS, findChromium } from '../support/chromium.ts'
import {
  type Application,
  createProject,
  type Project,
  startApplication,
  startPage,
} from './project.ts'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 120_000 })

const BUCKET = 'my-bucket'
const METRICS_TOKEN = 'metrics-token-of-the-journey-0123456789'
const ENV_FILE = ['--env-file', '.env']

let project: Project
let application: Application
let page: Page
let browser: Browser
let serving: ChildProcess
let oss = ''
let service = ''
let origin = ''
const closers: (() => unknown)[] = []

beforeAll(async () => {
  project = createProject()
  application = await startApplication()
  const port = await findPort()
  service = `http://127.0.0.1:${port}`
  const shown = await startPage(service)
  origin = shown.origin
  closers.push(shown.close, application.close)
  browser = await chromium.launch({ executablePath: await findChromium(), args: CHROMIUM_ARGS })
  page = await browser.newPage()
})

afterAll(async () => {
  await browser?.close()
  for (const close of closers) close()
  await project?.close()
})

interface Finding {
  id: string
  state: string
  do?: string
}

async function examine(): Promise<{ code: number; findings: Finding[] }> {
  const { code, stdout } = await project.upcall('doctor', ...ENV_FILE, '--json')
  return { code, findings: JSON.parse(stdout).findings }
}

/** Ids of what failed. */
async function listFailures(): Promise<string[]> {
  const { code, findings } = await examine()
  const failed = findings.filter(({ state }) => state === 'fail').map(({ id }) => id)
  expect(code).toBe(failed.length > 0 ? 1 : 0)
  return [...new Set(failed)]
}

async function serve(): Promise<void> {
  const args = ['serve', ...ENV_FILE, '--port', new URL(service).port]
  serving = (await project.start(/listens on (\S+)/, ...args)).child
}

async function stop(): Promise<void> {
  const exit = once(serving, 'exit')
  serving.kill('SIGTERM')
  expect(await exit).toEqual([0, null])
}

function createToken(): Promise<string> {
  return new SignJWT({})
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject('user-42')
    .setIssuer(project.getVariable('UPCALL_JWT_ISSUER'))
    .setAudience(project.getVariable('UPCALL_JWT_AUDIENCE'))
    .setExpirationTime('5 min')
    .sign(new TextEncoder().encode(project.getVariable('UPCALL_JWT_SECRET')))
}

async function send(name: string, size: number, options = {}) {
  const token = await createToken()
  return page.evaluate(
    ([given, ...rest]) =>
      (window as unknown as { send(...all: unknown[]): unknown }).send(given, ...rest),
    [token, name, size, options] as const,
  )
}

/** What the console of OSS does with `oss-cors.xml`. */
async function setCorsRule(): Promise<void> {
  const { method, url, headers } = signRequest(
    {
      method: 'PUT',
      bucket: BUCKET,
      region: 'cn-hangzhou',
      endpoint: oss,
      query: { cors: '' },
      headers: { 'content-type': 'application/xml' },
    },
    { credentials: { accessKeyId: 'ak', accessKeySecret: 'sk' }, now: new Date() },
  )
  const response = await fetch(url, { method, headers, body: project.read('oss-cors.xml') })
  expect(response.status).toBe(200)
}

/** Event ids of the deliveries that were given up. */
async function listDead(): Promise<string[]> {
  const { stdout } = await project.upcall('dead', 'list', ...ENV_FILE)
  return [...stdout.matchAll(/^\S+Z {2}(\S+) {2}/gm)].map(([, eventId = '']) => eventId)
}

describe('the whole way', () => {
  it('begins with a local OSS and four flags', async () => {
    const emulator = await project.start(
      /Local OSS at (\S+)/,
      ...['emulator', '--port', String(await findPort()), '--bucket', BUCKET],
      '--allow-private-callbacks',
    )
    oss = emulator.found
    const { code, stdout, stderr } = await project.upcall(
      ...['init', '--bucket', BUCKET, '--region', 'cn-hangzhou', '--public-url', service],
      ...['--origin', origin, '--webhook', application.url, '--local-oss', oss, '--no-doctor'],
    )
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toContain('upcall serve --env-file .env')
    project.setVariable('UPCALL_METRICS_TOKEN', METRICS_TOKEN)
    application.setSecrets([project.getVariable('UPCALL_WEBHOOK_SECRETS')])
  })

  it('the doctor finds five faults, and each is mended as it says', async () => {
    const right = Object.fromEntries(
      ['UPCALL_JWT_ISSUER', 'OSS_ACCESS_KEY_SECRET'].map((name) => [
        name,
        project.getVariable(name),
      ]),
    )
    // One setting is missing, the AccessKey is wrong, the service does not run, the bucket has no rule, and the
    // application has another secret.
    project.setVariable('UPCALL_JWT_ISSUER', '')
    project.setVariable('OSS_ACCESS_KEY_SECRET', 'not-this-one')
    application.setSecrets([`whsec_${'QUFB'.repeat(10)}`])

    expect(await listFailures()).toEqual(['settings'])
    project.setVariable('UPCALL_JWT_ISSUER', right.UPCALL_JWT_ISSUER ?? '')

    expect(await listFailures()).toContain('oss.credentials')
    project.setVariable('OSS_ACCESS_KEY_SECRET', right.OSS_ACCESS_KEY_SECRET ?? '')

    const third = await listFailures()
    expect(third).not.toContain('oss.credentials')
    expect(third).toEqual(expect.arrayContaining(['cors.bucket', 'public.http', 'webhook.event']))
    await serve()

    const fourth = await listFailures()
    expect(fourth).not.toContain('public.http')
    expect(fourth).toContain('cors.bucket')
    await setCorsRule()

    expect(await listFailures()).toEqual(['webhook.event'])
    application.setSecrets([project.getVariable('UPCALL_WEBHOOK_SECRETS')])

    expect(await listFailures()).toEqual([])
    expect(application.events).toEqual([])
  })

  it('a browser uploads, and the application is told', async () => {
    await page.goto(origin)
    expect(await send('夏天.txt', 3000)).toMatchObject({ response: { ok: true, number: 1 } })
    expect(application.events).toHaveLength(1)
    expect(application.events[0]).toMatchObject({
      data: { subject: 'user-42', profile: 'files', size: 3000, name: '夏天.txt' },
    })
  })

  it('so does upcall put', async () => {
    const before = application.events.length
    const token = await createToken()
    writeFileSync(join(project.folder, 'note.txt'), 'from a terminal')
    const put = ['put', 'note.txt', '--profile', 'files', '--endpoint', service]
    const { code, stdout, stderr } = await project.upcallWith({ UPCALL_TOKEN: token }, ...put)
    expect([code, stderr]).toEqual([0, '100 %\n'])
    expect(JSON.parse(stdout)).toMatchObject({ delivery: 'done', response: { ok: true } })
    expect(application.events).toHaveLength(before + 1)
  })

  it('the service describes itself', async () => {
    const response = await fetch(`${service}/openapi.json`)
    expect(response.headers.get('content-type')).toBe('application/json')
    expect(await response.json()).toMatchObject({ openapi: '3.1.0', paths: { '/uploads': {} } })
  })

  it('the metrics show it', async () => {
    const ask = (token: string) =>
      fetch(`${service}/metrics`, { headers: { authorization: `Bearer ${token}` } })
    expect((await ask('x'.repeat(40))).status).toBe(401)
    const text = await (await ask(METRICS_TOKEN)).text()
    expect(text).toContain('upcall_callbacks_total{outcome="DELIVERED"} 2')
    expect(text).toMatch(/^upcall_outbox_due 0$/m)
    expect(text).toMatch(
      /^upcall_request_seconds_count\{route="\/uploads",method="POST",status="201"\} 2$/m,
    )
  })

  it('the secret is rotated and the service restarted in the middle of an upload', async () => {
    const parts = { method: 'multipart', partSize: 102_400, concurrency: 1 }
    let isRestarted = false
    await page.route(`${oss}/**`, async (route) => {
      const isPart = route.request().method() === 'PUT'
      if (isPart && !isRestarted) {
        isRestarted = true
        await stop()
        const old = project.getVariable('UPCALL_SECRET')
        project.setVariable('UPCALL_SECRET', `${'new-secret-of-the-journey-'.repeat(2)} ${old}`)
        await serve()
      }
      await route.continue()
    })
    expect(await send('big.txt', 250_000, parts)).toMatchObject({ response: { ok: true } })
    expect(isRestarted).toBe(true)
    await page.unroute(`${oss}/**`)
    // Old sessions are over: the old secret goes.
    await stop()
    project.setVariable('UPCALL_SECRET', 'new-secret-of-the-journey-'.repeat(2))
    await serve()
    expect(await send('after.txt', 10)).toMatchObject({ response: { ok: true } })
    expect(application.events).toHaveLength(4)
  })

  it('what the application refuses for good is replayed later', async () => {
    application.isClosed = true
    await send('refused.txt', 10).catch(() => {})
    // The upload's own event, and the one that tells of its end: both were refused.
    await expect.poll(listDead).toHaveLength(2)
    const eventIds = await listDead()
    expect(await listFailures()).toEqual(['webhook.event'])
    application.isClosed = false
    const { findings } = await examine()
    expect(findings).toContainEqual(expect.objectContaining({ id: 'delivery.dead', state: 'warn' }))

    for (const eventId of eventIds) {
      const { code, stderr } = await project.upcall('dead', 'replay', eventId, ...ENV_FILE)
      expect([code, stderr]).toEqual([0, ''])
    }
    await expect.poll(() => application.events.length).toBe(6)
    const stored = application.events.find(({ data }) => data.name === 'refused.txt')
    expect(eventIds).toContain(stored?.id)
    expect(await listDead()).toEqual([])
    expect(await listFailures()).toEqual([])
  })

  it('prints no secret on the way', async () => {
    const { stdout } = await project.upcall('doctor', ...ENV_FILE)
    const secrets = [
      'UPCALL_SECRET',
      'UPCALL_JWT_SECRET',
      'UPCALL_WEBHOOK_SECRETS',
      'UPCALL_OPERATOR_TOKEN',
    ]
    for (const name of secrets) expect(stdout).not.toContain(project.getVariable(name))
    await stop()
  })
})
