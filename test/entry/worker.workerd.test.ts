/**
 * The entry point for Workers, in workerd.
 */
import { beforeEach, describe, expect, it, vi } from 'vitest'
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
