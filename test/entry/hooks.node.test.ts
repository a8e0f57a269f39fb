/**
 * The Node entry point with credentials of a local STS and the webhook before uploads, over real sockets: the same that
 * `createService` has, set by the environment alone.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type StartOptions, startEmulator } from '../../src/emulator/index.ts'
import { toBase64Url } from '../../src/protocol/bytes.ts'
import type { FormTicket } from '../../src/signer/ticket.ts'
import { createBeforeUploadReceiver } from '../../src/webhook/receiver.ts'
import { createBearer } from '../support/bearer.ts'
import { COMPILE_CACHE } from '../support/compile-cache.ts'
import { changeEnvironment } from '../support/environment.ts'
import { ACCESS_KEY } from '../support/keys.ts'
import { buildForm } from '../support/service-with-emulator.ts'
import { SECRET } from '../support/webhook-samples.ts'

const FILE = { profile: 'tenants', name: '照.png', type: 'image/png', size: 5 }
const ROLE = 'acs:ram::1000000000000000:role/upcall'
const PROFILES = {
  tenants: {
    key: '{claim.org}/{tenant}/{id}',
    keyValues: ['tenant'],
    requireScope: 'upload:write',
    types: ['image/*'],
    maxSize: 100,
  },
}

function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'upcall-hooks-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

async function listen(handler: RequestListener): Promise<string> {
  const server = createServer(handler).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

async function startOss(options: StartOptions = {}) {
  const oss = await startEmulator({ accessKeys: [ACCESS_KEY], sts: true, ...options })
  onTestFinished(() => oss.close())
  return oss
}

async function startService(env: Record<string, string | undefined>) {
  const settings = changeEnvironment({ PORT: '0', UPCALL_DATA: makeFolder(), ...env })
  const child: ChildProcess = spawn(process.execPath, ['src/entry/node.ts'], {
    env: { ...COMPILE_CACHE, ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  const printed: string[] = []
  child.stderr?.on('data', (chunk) => printed.push(String(chunk)))
  const [line] = await once(child.stdout as NodeJS.ReadableStream, 'data')
  const port = Number(/:(\d+)\s*$/.exec(String(line))?.[1])
  const ask = async (file: object) => {
    const claims = { org: 'acme', scope: 'openid upload:write' }
    const token = await createBearer({ now: new Date(), claims })
    return fetch(`http://127.0.0.1:${port}/uploads`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(file),
    })
  }
  return { ask, printed }
}

describe('the Node service', () => {
  it('assumes a role by an OIDC token in a file, and asks the application before each upload', async () => {
    const oss = await startOss()
    const tokenFile = join(makeFolder(), 'token')
    const exp = Math.floor(Date.now() / 1000) + 600
    writeFileSync(tokenFile, `h.${toBase64Url(JSON.stringify({ exp }))}.s\n`)
    const receiver = createBeforeUploadReceiver({
      secrets: [SECRET],
      onBeforeUpload: ({ file, claims }) =>
        file.size > 50
          ? { allow: false, code: 'PLAN_LIMIT', message: '套餐只允许 50 字节。' }
          : { allow: true, keyValues: { tenant: `t-${String(claims.org)}` } },
    })
    const { ask } = await startService({
      OSS_ENDPOINT: oss.url,
      OSS_ACCESS_KEY_ID: undefined,
      OSS_ACCESS_KEY_SECRET: undefined,
      ALIBABA_CLOUD_ROLE_ARN: ROLE,
      ALIBABA_CLOUD_OIDC_PROVIDER_ARN: 'acs:ram::1000000000000000:oidc-provider/ack',
      ALIBABA_CLOUD_OIDC_TOKEN_FILE: tokenFile,
      UPCALL_STS_ENDPOINT: oss.url,
      UPCALL_PROFILES: JSON.stringify(PROFILES),
      UPCALL_BEFORE_URL: await listen(receiver.node),
      UPCALL_WEBHOOK_SECRETS: SECRET,
    })
    const refused = await ask({ ...FILE, size: 51 })
    expect([refused.status, await refused.json()]).toEqual([
      403,
      { error: expect.objectContaining({ code: 'PLAN_LIMIT', message: '套餐只允许 50 字节。' }) },
    ])
    const ticket = (await (await ask(FILE)).json()) as FormTicket
    expect(ticket.key).toMatch(/^acme\/t-acme\//)
    expect(ticket.fields['x-oss-security-token']).toMatch(/^CAIS/)
    const stored = await fetch(buildForm(ticket, new TextEncoder().encode('hello')))
    // The public URL of the test is not reachable: stored, and the callback failed.
    expect(stored.status).toBe(203)
    expect(oss.emulator.log.requests.map(({ operation }) => operation)).toEqual([
      'AssumeRoleWithOIDC',
      'PostObject',
    ])
  })

  it('refuses all uploads while the application does not respond, and says so in its log', async () => {
    const oss = await startOss()
    const url = await listen(() => {})
    const { ask, printed } = await startService({
      OSS_ENDPOINT: oss.url,
      ALIBABA_CLOUD_ROLE_ARN: ROLE,
      UPCALL_STS_ENDPOINT: oss.url,
      UPCALL_PROFILES: JSON.stringify(PROFILES),
      UPCALL_BEFORE_URL: `${url}/?token=PLANTED`,
      UPCALL_BEFORE_TIMEOUT_MS: '200',
      UPCALL_WEBHOOK_SECRETS: SECRET,
    })
    const responses = await Promise.all([ask(FILE), ask(FILE), ask(FILE)])
    expect(responses.map(({ status }) => status)).toEqual([503, 503, 503])
    expect(responses[0]?.headers.get('retry-after')).toBe('5')
    await expect.poll(() => printed.join()).toContain('within the time limit')
    expect(printed.join()).not.toMatch(/PLANTED/)
    // No token was asked for, and nothing was opened on OSS.
    expect(oss.emulator.log.requests).toEqual([])
  })
})
