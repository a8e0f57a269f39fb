import { describe, expect, it } from 'vitest'
import { createHandlerDeliver } from '../../src/service/delivery/deliver.ts'
import { createMemoryOutbox } from '../../src/service/delivery/memory-outbox.ts'
import { DeliveryError } from '../../src/service/delivery/outbox.ts'
import { createServiceWithStubOss, readProblem } from '../support/service-with-stub-oss.ts'
import { buildReceipt } from './delivery/outbox-contract.ts'

const TOKEN = 'an-operator-token-of-more-than-32-characters'

function createSetup(operatorToken: string | undefined = TOKEN) {
  let isDown = true
  const outbox = createMemoryOutbox({
    deliver: createHandlerDeliver(() => {
      if (isDown) throw new DeliveryError('DELIVERY_GONE', 'The application is gone.')
      return { ok: true }
    }),
  })
  const setup = createServiceWithStubOss({ outbox, operatorToken })
  const ask = (path: string, init: RequestInit = {}, token: string | null = TOKEN) =>
    setup.service.fetch(
      new Request(`https://api.example.com/operator${path}`, {
        ...init,
        headers: {
          'content-type': 'application/json',
          ...(token !== null && { authorization: `Bearer ${token}` }),
        },
      }),
    )
  const post = (path: string, body: unknown) =>
    ask(path, { method: 'POST', body: JSON.stringify(body) })
  function repair(): void {
    isDown = false
  }
  return { outbox, ask, post, repair }
}

describe('the operator', () => {
  it.each([
    ['GET', '/deliveries'],
    ['GET', '/dead'],
    ['POST', '/dead/replay'],
    ['POST', '/sweep'],
  ])(
    'needs the token for %s %s, and without one in the settings there is nothing',
    async (method, path) => {
      const { ask } = createSetup()
      const init = method === 'POST' ? { method, body: '{}' } : { method }
      expect(await readProblem(await ask(path, init, null))).toBe('401 TOKEN_MISSING')
      expect(await readProblem(await ask(path, init, `${TOKEN}x`))).toBe('401 TOKEN_INVALID')
      const closed = createServiceWithStubOss()
      const response = await closed.service.fetch(
        new Request(`https://api.example.com/operator${path}`, {
          ...init,
          headers: { authorization: `Bearer ${TOKEN}` },
        }),
      )
      expect(await readProblem(response)).toBe('404 NOT_FOUND')
    },
  )

  it('sees the dead, page by page, and replays them', async () => {
    const { outbox, ask, post, repair } = createSetup()
    for (const id of ['up-1', 'up-2']) await outbox.accept(buildReceipt(id), 1000)
    await expect.poll(async () => (await outbox.stats()).due).toBe(0)
    const stats = await (await ask('/deliveries')).json()
    expect(stats).toMatchObject({ durable: false, problems: [expect.stringContaining('memory')] })
    const first = (await (await ask('/dead?limit=1')).json()) as {
      entries: { eventId: string; error: string }[]
      next: string
    }
    expect(first.entries).toHaveLength(1)
    expect(first.entries[0]).toMatchObject({ eventId: 'up-1', error: 'The application is gone.' })
    const rest = await (await ask(`/dead?after=${encodeURIComponent(first.next)}`)).json()
    expect(rest.entries.map(({ eventId }: { eventId: string }) => eventId)).toContain('up-2')

    repair()
    expect(await (await post('/dead/replay', { eventId: 'up-1' })).json()).toEqual({
      eventId: 'up-1',
    })
    await expect.poll(async () => (await outbox.read('up-1'))?.state).toBe('done')
    expect(await readProblem(await post('/dead/replay', { eventId: 'up-1' }))).toBe('404 NOT_FOUND')
    expect(await readProblem(await post('/dead/replay', { id: 'up-1' }))).toBe('400 BODY_FIELD')
  })

  it('responds to odd questions in words', async () => {
    const { ask, post } = createSetup()
    expect((await ask('/dead?limit=many&after=nonsense')).status).toBe(200)
    expect(await readProblem(await post('/sweep', { olderThanSeconds: -1 }))).toBe('400 BODY_FIELD')
  })
})
