import { describe, expect, it } from 'vitest'
import { createDeliver, createMemoryDeliveryStore } from '../../src/service/delivery.ts'
import type { Receipt } from '../../src/signer/accept-callback.ts'
import { createClock, START } from '../support/clock.ts'
import { testDeliveryStore } from '../support/ports.ts'

const RECEIPT: Receipt = {
  id: 'a',
  subject: 'user-42',
  profile: 'p',
  bucket: 'b',
  key: 'k',
  name: 'n',
  size: 1,
  type: 't',
  etag: 'e',
  crc64: '1',
  vars: {},
  unverified: { requestId: 'r', operation: 'PutObject' },
  via: 'callback',
  at: START,
}

describe('the store in memory', () => {
  testDeliveryStore(() => createMemoryDeliveryStore({ now: () => START }))

  const runs = async (store: ReturnType<typeof createMemoryDeliveryStore>, id: string) => {
    let hasRun = false
    await store.once(id, async () => {
      hasRun = true
      return 'x'.repeat(10)
    })
    return hasRun
  }

  it('forgets by age', async () => {
    const { now, advance } = createClock()
    const store = createMemoryDeliveryStore({ now, maxAgeSeconds: 60 })
    expect(await runs(store, 'a')).toBe(true)
    advance(59)
    expect(await runs(store, 'a')).toBe(false)
    advance(1)
    expect(await runs(store, 'a')).toBe(true)
  })

  it.each([
    ['count', { maxEntries: 2 }],
    ['length', { maxChars: 25 }],
  ])('forgets the oldest by %s', async (_, limit) => {
    const store = createMemoryDeliveryStore({ now: () => START, ...limit })
    for (const id of ['a', 'b', 'c']) expect(await runs(store, id)).toBe(true)
    expect(await runs(store, 'c')).toBe(false)
    expect(await runs(store, 'b')).toBe(false)
    expect(await runs(store, 'a')).toBe(true)
  })

  it('holds an answer larger than everything together for nobody', async () => {
    const store = createMemoryDeliveryStore({ now: () => START, maxChars: 5 })
    expect(await runs(store, 'a')).toBe(true)
    expect(await runs(store, 'a')).toBe(true)
  })
})

describe('delivery', () => {
  const store = () => createMemoryDeliveryStore({ now: () => START })
  const obtain = async () => RECEIPT

  it('answers what the handler answers, and the facts when that is nothing', async () => {
    expect(await createDeliver(store(), () => ({ ok: 1 }))('a', obtain)).toBe('{"ok":1}')
    expect(await createDeliver(store(), async () => null)('a', obtain)).toBe('null')
    expect(JSON.parse(await createDeliver(store(), () => undefined)('a', obtain))).toEqual({
      id: 'a',
      key: 'k',
      name: 'n',
      size: 1,
      type: 't',
      etag: 'e',
      crc64: '1',
      profile: 'p',
    })
  })

  it('does not run the handler for what could not be proven', async () => {
    let runs = 0
    const deliver = createDeliver(store(), () => {
      runs += 1
    })
    const fail = async (): Promise<Receipt> => {
      throw new Error('no such object')
    }
    await expect(deliver('a', fail)).rejects.toThrow('no such object')
    expect(runs).toBe(0)
    await deliver('a', obtain)
    expect(runs).toBe(1)
  })

  it('tells what failed, with its cause', async () => {
    const cause = new Error('database is down')
    const deliver = createDeliver(store(), () => {
      throw cause
    })
    await expect(deliver('a', obtain)).rejects.toMatchObject({ code: 'HANDLER_FAILED', cause })
  })
})
