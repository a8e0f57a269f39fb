/**
 * The entry point for Workers, in workerd.
 */
import { env as bindings } from 'cloudflare:workers'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import type { AnalyticsEngineDataset } from '../../src/entry/analytics-engine.ts'
import type { DurableObjectNamespace } from '../../src/entry/outbox-durable-object.ts'
import { createMemoryAssets } from '../../src/service/assets.ts'
import { createBearer } from '../support/bearer.ts'
import { changeEnvironment, ENVIRONMENT } from '../support/environment.ts'
import { PLANTED } from '../support/keys.ts'

type Entry = typeof import('../../src/entry/worker.ts')['default']

/** Nothing here stores an upload: the objects are asked for nothing. */
const LEDGER: DurableObjectNamespace = {
  idFromName: (name) => name,
  get: () => ({
    fetch: async () => {
      throw new Error('The ledger is not expected to be asked.')
    },
  }),
}

let worker: Entry

beforeEach(async () => {
  // The module keeps its service; each test imports a new one.
  vi.resetModules()
  worker = (await import('../../src/entry/worker.ts')).default
})

const get = (path: string, env: Record<string, unknown>) =>
  worker.fetch(new Request(`https://api.example.com${path}`), { LEDGER, ...env })

describe('the Worker', () => {
  it('issues tickets from its variables', async () => {
    const response = await worker.fetch(
      new Request('https://api.example.com/uploads', {
        method: 'POST',
        headers: {
          authorization: `Bearer ${await createBearer({ now: new Date() })}`,
          'content-type': 'application/json',
        },
        body: JSON.stringify({ profile: 'avatar', name: 'a.png', type: 'image/png', size: 5 }),
      }),
      { LEDGER, ...ENVIRONMENT },
    )
    expect(response.status).toBe(201)
    expect(await response.json()).toMatchObject({ kind: 'form' })
  })

  it('writes a data point of each request into its Analytics Engine', async () => {
    const { METRICS } = bindings as unknown as { METRICS: AnalyticsEngineDataset }
    const write = vi.spyOn(METRICS, 'writeDataPoint')
    expect((await get('/uploads?token=PLANTED', { ...ENVIRONMENT, METRICS })).status).toBe(405)
    expect(write.mock.calls).toEqual([
      [
        {
          indexes: ['/uploads'],
          blobs: ['request', '/uploads', 'GET', '405', 'METHOD_NOT_ALLOWED'],
          doubles: [expect.any(Number)],
        },
      ],
    ])
    expect(write.mock.results).toEqual([{ type: 'return', value: undefined }])
    write.mockRestore()
  })

  it('serves the client from its asset store', async () => {
    const ASSETS = createMemoryAssets({ '/client.js': new TextEncoder().encode('code') })
    const response = await get('/client.js', { ...ENVIRONMENT, ASSETS })
    expect(await response.text()).toBe('code')
    expect(response.headers.get('access-control-allow-origin')).toBe('*')
  })

  it('without settings responds with what to set, and logs it, without a value', async () => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => {})
    const env = changeEnvironment({ OSS_BUCKET: undefined, UPCALL_PUBLIC_URL: 'http://PLANTED' })
    for (const path of ['/healthz', '/uploads']) {
      const response = await get(path, env)
      const text = await response.text()
      expect(response.status).toBe(500)
      expect(JSON.parse(text)).toMatchObject({ error: { code: 'CONFIG', retryable: false } })
      expect(text).toMatch(/OSS_BUCKET is missing.*UPCALL_PUBLIC_URL must be/)
      for (const secret of ['PLANTED', ...PLANTED]) expect(text).not.toContain(secret)
    }
    expect(log).toHaveBeenCalledOnce()
    expect(String(log.mock.calls[0])).not.toContain('PLANTED')
    log.mockRestore()
  })
})

describe('the Worker with credentials that expire and a webhook before uploads', () => {
  const noKeys = { OSS_ACCESS_KEY_ID: undefined, OSS_ACCESS_KEY_SECRET: undefined }
  const ask = async (env: Record<string, unknown>) => {
    const headers = {
      authorization: `Bearer ${await createBearer({ now: new Date() })}`,
      'content-type': 'application/json',
    }
    const body = JSON.stringify({ profile: 'avatar', name: 'a.png', type: 'image/png', size: 5 })
    const url = 'https://api.example.com/uploads'
    return worker.fetch(new Request(url, { method: 'POST', headers, body }), { LEDGER, ...env })
  }

  it('fetches both', async () => {
    const seen: string[] = []
    vi.spyOn(globalThis, 'fetch').mockImplementation(async (input) => {
      const { hostname } = new URL(new Request(input).url)
      seen.push(hostname)
      if (hostname === 'app.example.com') return Response.json({ allow: true })
      const Expiration = new Date(Date.now() + 3_600_000).toISOString()
      const keys = { AccessKeyId: 'STS.a', AccessKeySecret: 's', SecurityToken: 'token' }
      return Response.json({ Code: 'Success', ...keys, Expiration })
    })
    const response = await ask(
      changeEnvironment({
        ...noKeys,
        ALIBABA_CLOUD_CREDENTIALS_URI: 'https://keys.example.com/',
        UPCALL_BEFORE_URL: 'https://app.example.com/before',
        UPCALL_WEBHOOK_SECRETS: 'whsec_UExBTlRFRC13ZWJob29rLXNlY3JldC0x',
      }),
    )
    expect(await response.json()).toMatchObject({ fields: { 'x-oss-security-token': 'token' } })
    expect(seen).toEqual(['app.example.com', 'keys.example.com'])
    vi.restoreAllMocks()
  })

  it('says that it cannot read a token from a file', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => {})
    const response = await ask(
      changeEnvironment({ ...noKeys, ALIBABA_CLOUD_OIDC_TOKEN_FILE: '/var/run/token' }),
    )
    expect(response.status).toBe(500)
    expect(await response.text()).toContain('ALIBABA_CLOUD_OIDC_TOKEN_FILE cannot be read here')
    vi.restoreAllMocks()
  })
})
