import { describe, expect, it } from 'vitest'
import type { ServiceOptions } from '../../src/service/create-service.ts'
import { createMemoryOutbox } from '../../src/service/delivery/memory-outbox.ts'
import { ACCESS_KEY, PLANTED } from '../support/keys.ts'
import { createServiceWithStubOss } from '../support/service-with-stub-oss.ts'

function setUp(settings: Partial<ServiceOptions> = {}) {
  const setup = createServiceWithStubOss(settings)
  const ask = async (method = 'GET') => {
    const url = 'https://api.example.com/readyz'
    const response = await setup.service.fetch(new Request(url, { method }))
    return { status: response.status, text: await response.text() }
  }
  return { ...setup, ask }
}

/** An outbox whose store responds as told. */
function createOutbox(missing: () => Promise<string[]>) {
  return { ...createMemoryOutbox({ deliver: async () => 'null' }), missing }
}

describe('GET /readyz', () => {
  it('says that the service can take uploads, and asks neither OSS nor anybody else', async () => {
    const { ask, requests } = setUp()
    const { status, text } = await ask()
    expect([status, JSON.parse(text)]).toEqual([
      200,
      { status: 'ready', checks: { settings: 'ok', outbox: 'ok', credentials: 'ok' } },
    ])
    expect(requests).toEqual([])
    expect((await ask('HEAD')).status).toBe(200)
    expect((await ask('POST')).status).toBe(405)
  })

  it('is 503 without a store, names it, and tells nothing of the error', async () => {
    const outbox = createOutbox(async () => {
      throw new Error(`redis://user:${PLANTED[0]}@10.0.0.7`)
    })
    const { ask, lines } = setUp({ outbox })
    const { status, text } = await ask()
    expect(status).toBe(503)
    expect(JSON.parse(text)).toEqual({
      status: 'not ready',
      checks: { settings: 'ok', outbox: 'failed', credentials: 'ok' },
    })
    expect(text + lines.join()).not.toContain(PLANTED[0])
    expect(lines.join()).toContain('NOT_READY')
  })

  it('is 503 within a second when the store never responds', async () => {
    const { ask } = setUp({ outbox: createOutbox(() => new Promise(() => {})) })
    const startedMs = performance.now()
    const { status, text } = await ask()
    expect([status, JSON.parse(text).checks.outbox]).toEqual([503, 'timeout'])
    // The limit is 800 ms; a busy machine may add much.
    expect(performance.now() - startedMs).toBeLessThan(5000)
  })

  it('is 503 without credentials, and 200 again when they are back', async () => {
    let isDown = true
    const { ask, clock } = setUp({
      credentials: async () => {
        if (isDown) throw new Error('STS is gone.')
        return ACCESS_KEY
      },
    })
    expect((await ask()).status).toBe(503)
    isDown = false
    // The source of the credentials waits five seconds after a failure.
    clock.advance(6)
    expect((await ask()).status).toBe(200)
  })

  it('asks the store at most once a second, however many ask', async () => {
    let asked = 0
    const outbox = createOutbox(async (ids = []) => {
      asked += 1
      return ids
    })
    const { ask, clock } = setUp({ outbox })
    await ask()
    for (let at = 0; at < 20; at += 1) await ask()
    expect(asked).toBe(1)
    clock.advance(1)
    await Promise.all(Array.from({ length: 20 }, () => ask()))
    expect(asked).toBe(2)
  })
})
