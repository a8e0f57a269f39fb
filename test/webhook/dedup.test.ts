import { describe, expect, it } from 'vitest'
import { createDedup } from '../../src/webhook/dedup.ts'
import { verifyWebhook } from '../../src/webhook/verify.ts'
import { START } from '../support/clock.ts'
import { SECRET, signRequest } from '../support/webhook-samples.ts'

function createStore() {
  const texts = new Map<string, string>()
  return {
    texts,
    read: async (id: string) => texts.get(id),
    write: async (id: string, text: string) => void texts.set(id, text),
  }
}

function createEvent(id = 'a') {
  const text = JSON.stringify({
    specversion: '1.0',
    id,
    type: 'com.oss-upcall.upload.stored',
    data: { id },
  })
  const { headers, body } = signRequest({ id, text })
  return verifyWebhook(headers, body, { secrets: [SECRET], now: START })
}

describe('dedup', () => {
  it('runs once and returns the same result again, also in the next process', async () => {
    const store = createStore()
    let runs = 0
    const work = () => ({ run: ++runs, name: '海边' })
    for (const once of [createDedup(store), createDedup(store)]) {
      expect(await once(createEvent(), work)).toEqual({ run: 1, name: '海边' })
      expect(await once(createEvent(), work)).toEqual({ run: 1, name: '海边' })
    }
    expect(await createDedup(store)(createEvent('b'), work)).toMatchObject({ run: 2 })
  })

  it.each([undefined, null, false, 0, ''])('remembers %o as a result, too', async (result) => {
    const once = createDedup(createStore())
    let runs = 0
    const work = () => {
      runs += 1
      return result
    }
    expect(await once(createEvent(), work)).toBe(result)
    expect(await once(createEvent(), work)).toBe(result)
    expect(runs).toBe(1)
  })

  it('runs once for many at the same time', async () => {
    const once = createDedup(createStore())
    let runs = 0
    const work = async () => {
      await new Promise((resolve) => setTimeout(resolve, 5))
      runs += 1
      return runs
    }
    const results = await Promise.all(Array.from({ length: 50 }, () => once(createEvent(), work)))
    expect(new Set(results)).toEqual(new Set([1]))
  })

  it('does not remember what failed', async () => {
    const store = createStore()
    const once = createDedup(store)
    const fail = () => {
      throw new Error('database is down')
    }
    await expect(once(createEvent(), fail)).rejects.toThrow('database is down')
    expect(store.texts.size).toBe(0)
    expect(await once(createEvent(), () => 'done')).toBe('done')
  })
})
