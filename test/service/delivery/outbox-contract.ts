/**
 * What every engine of the outbox promises, as one suite. Runs in real time, with short delays; without Node's modules,
 * so that it runs in workerd, too. An engine calls `describeOutbox` from its own test file.
 */
import { afterEach, describe, expect, it } from 'vitest'
import {
  type Deliver,
  DeliveryError,
  type DeliveryState,
  type Outbox,
  type OutboxOptions,
} from '../../../src/service/delivery/outbox.ts'
import type { Receipt } from '../../../src/signer/accept-callback.ts'

/** One empty store, and the ways to open it. */
export interface OutboxEngine {
  /** Opens the store; an earlier outbox of it was closed before, unless `instances` says `many`. */
  open(options: OutboxOptions): Promise<Outbox>
  /** Whether two outboxes may have the store open at once. */
  instances: 'one' | 'many'
  /** Closes what is left open and removes the store. */
  dispose(): Promise<void>
  /** Bytes of heap in use after a garbage collection, where it can be told. */
  readHeapBytes?(): number
}

export interface ContractOptions {
  /** How many deliveries are due at once in the test of many. @default 2000 */
  many?: number
  /** By how many places a delivery may be out of order, where receipts that are brought at once arrive in any order. @default 100 */
  maxDisorder?: number
}

/** Retries within milliseconds, given up after 400 ms. */
export const FAST_RETRY = { baseMs: 10, capMs: 40, giveUpAfterMs: 400 }

export function buildReceipt(id: string, changes: Partial<Receipt> = {}): Receipt {
  return {
    id,
    subject: 'user-42',
    issuer: 'https://login.example.com',
    profile: 'avatars',
    bucket: 'examplebucket',
    key: `avatars/user-42/${id}.png`,
    name: '海边的照片.png',
    size: 1000,
    type: 'image/png',
    etag: '5D41402ABC4B2A76B9719D911017C592',
    crc64: '9962899395194021233',
    vars: { album: '夏天' },
    unverified: { requestId: '5C3D8D2A0ACA54D87B43C048', operation: 'PostObject' },
    via: 'callback',
    at: new Date('2026-03-01T08:00:00.123Z'),
    ...changes,
  }
}

export interface Call {
  receipt: Receipt
  eventId: string
  event: string
  number: number
}

/** An application that notes every call and responds with the event's id. */
export function createApplication(respond: (call: Call) => unknown = () => undefined) {
  const calls: Call[] = []
  const deliver: Deliver = async (receipt, { eventId, event, number }) => {
    const call = { receipt, eventId, event, number }
    calls.push(call)
    const response = await respond(call)
    return typeof response === 'string' ? response : JSON.stringify({ ok: eventId })
  }
  return {
    calls,
    deliver,
    of: (eventId: string) => calls.filter((call) => call.eventId === eventId),
  }
}

/** Asks again until `check` holds, for at most `limitMs`: a store that is busy or restarts may refuse meanwhile. */
export async function until(
  check: () => boolean | Promise<boolean>,
  what: string,
  limitMs = 30_000,
): Promise<void> {
  const end = performance.now() + limitMs
  let cause: unknown
  const holds = async () => {
    try {
      return await check()
    } catch (error) {
      cause = error
      return false
    }
  }
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`Not within ${limitMs} ms: ${what}.`, { cause })
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

export function describeOutbox(
  name: string,
  createEngine: () => Promise<OutboxEngine>,
  { many = 2000, maxDisorder = 100 }: ContractOptions = {},
): void {
  describe(`outbox: ${name}`, { timeout: 60_000 }, () => {
    let engine: OutboxEngine | undefined
    async function start(): Promise<OutboxEngine> {
      engine = await createEngine()
      return engine
    }
    afterEach(async () => {
      await engine?.dispose()
      engine = undefined
    })

    it('delivers a receipt and returns the response of the application', async () => {
      const { open } = await start()
      const application = createApplication()
      const outbox = await open({ deliver: application.deliver })
      const receipt = buildReceipt('up-1')
      const state = await outbox.accept(receipt, 4000)
      expect(state).toEqual({ state: 'done', response: '{"ok":"up-1"}' })
      expect(await outbox.read('up-1')).toEqual(state)
      expect(application.calls).toEqual([{ receipt, eventId: 'up-1', event: 'stored', number: 1 }])
    })

    it('delivers once when fifty callers bring one id at once, and gives all one response', async () => {
      const { open } = await start()
      const application = createApplication(() => JSON.stringify({ at: Math.random() }))
      const outbox = await open({ deliver: application.deliver })
      const states = await Promise.all(
        Array.from({ length: 50 }, () => outbox.accept(buildReceipt('up-1'), 4000)),
      )
      expect(application.calls).toHaveLength(1)
      expect(new Set(states.map((state) => JSON.stringify(state))).size).toBe(1)
      expect(states[0]).toMatchObject({ state: 'done' })
    })

    it('delivers once when two instances bring one id at once', async () => {
      const { open, instances } = await start()
      const application = createApplication(() => JSON.stringify({ at: Math.random() }))
      const options = { deliver: application.deliver }
      const first = await open(options)
      const second = instances === 'many' ? await open(options) : first
      for (let round = 0; round < 20; round += 1) {
        const id = `up-${round}`
        const states = await Promise.all(
          [first, second, first, second].map((outbox) => outbox.accept(buildReceipt(id), 4000)),
        )
        expect(application.of(id)).toHaveLength(1)
        expect(new Set(states.map((state) => JSON.stringify(state))).size).toBe(1)
        expect(states[0]).toMatchObject({ state: 'done' })
        expect(await second.read(id)).toEqual(await first.read(id))
      }
      const other = buildReceipt('up-1', { etag: 'OTHER' })
      const refused = await Promise.allSettled(
        [first, second, first, second].map((outbox) => outbox.accept(other, 100)),
      )
      expect(refused.map(({ status }) => status)).toEqual(Array(4).fill('rejected'))
      const isReported = () => application.calls.some(({ event }) => event === 'replaced')
      await until(isReported, 'the replaced event is delivered')
      expect(application.calls.filter(({ event }) => event === 'replaced')).toHaveLength(1)
    })

    it('refuses an id that comes with other facts, and reports these facts once', async () => {
      const { open } = await start()
      const application = createApplication()
      const outbox = await open({ deliver: application.deliver })
      await outbox.accept(buildReceipt('up-1'), 4000)
      const other = buildReceipt('up-1', { etag: 'OTHER', crc64: '7' })
      for (let time = 0; time < 3; time += 1) {
        await expect(outbox.accept(other, 100)).rejects.toMatchObject({ code: 'RECEIPT_CONFLICT' })
      }
      await until(() => application.calls.length === 2, 'the replaced event is delivered')
      const [, replaced] = application.calls
      expect(replaced).toMatchObject({ event: 'replaced', receipt: other, number: 1 })
      expect(replaced?.eventId).toMatch(/^up-1\.replaced\.[0-9a-f]{64}$/)
      expect(await outbox.read('up-1')).toMatchObject({ state: 'done' })
      await outbox.accept(buildReceipt('up-1', { unverified: {}, via: 'confirm' }), 100)
      expect(application.calls).toHaveLength(2)
    })

    it('tells what it does not know', async () => {
      const { open } = await start()
      const outbox = await open({ deliver: createApplication().deliver })
      await outbox.accept(buildReceipt('up-2'), 4000)
      expect(await outbox.read('up-1')).toBeUndefined()
      expect(await outbox.missing(['up-3', 'up-2', 'up-1'])).toEqual(['up-3', 'up-1'])
      expect(await outbox.missing([])).toEqual([])
      expect(await outbox.replay('up-2')).toBe(false)
      expect(await outbox.replay('up-1')).toBe(false)
    })

    it('tries again after a failure, with the same body under the same event id', async () => {
      const { open } = await start()
      const application = createApplication(({ number }) => {
        if (number < 3) throw new Error('The database is down.')
      })
      const outbox = await open({ deliver: application.deliver, retry: FAST_RETRY })
      const state: DeliveryState = await outbox.accept(buildReceipt('up-1'), 0)
      expect(state.state).toBe('due')
      await until(async () => (await outbox.read('up-1'))?.state === 'done', 'it is delivered')
      expect(application.calls.map(({ number, eventId }) => [number, eventId])).toEqual([
        [1, 'up-1'],
        [2, 'up-1'],
        [3, 'up-1'],
      ])
      expect(new Set(application.calls.map(({ receipt }) => JSON.stringify(receipt))).size).toBe(1)
    })

    it('stops at once when the application says that it is gone', async () => {
      const { open } = await start()
      const application = createApplication(({ event }) => {
        if (event === 'stored') throw new DeliveryError('DELIVERY_GONE', 'No more of these.')
      })
      const outbox = await open({ deliver: application.deliver, retry: FAST_RETRY })
      const state = await outbox.accept(buildReceipt('up-1'), 4000)
      expect(state).toEqual({ state: 'dead', attempts: 1, error: 'No more of these.' })
      await until(() => application.of('up-1.dead').length === 1, 'the dead event is delivered')
      expect(application.of('up-1')).toHaveLength(1)
    })

    it('gives up after the period of retries: dead, listed, reported, and delivered when replayed', async () => {
      const { open } = await start()
      let isUp = false
      const application = createApplication(({ receipt }) => {
        if (!isUp && receipt.id === 'poison') throw new Error('Cannot take this in.')
      })
      const outbox = await open({ deliver: application.deliver, retry: FAST_RETRY })
      await outbox.accept(buildReceipt('poison'), 0)
      const states = await Promise.all(
        [1, 2, 3].map((number) => outbox.accept(buildReceipt(`up-${number}`), 4000)),
      )
      expect(states.map(({ state }) => state)).toEqual(['done', 'done', 'done'])
      // Its `dead` event cannot be delivered either, and makes no further event.
      await until(async () => (await outbox.stats()).dead === 2, 'both events are dead')
      const { entries, next } = await outbox.dead({ limit: 10 })
      expect(next).toBeUndefined()
      expect(entries.map(({ eventId, event, uploadId }) => [eventId, event, uploadId])).toEqual([
        ['poison', 'stored', 'poison'],
        ['poison.dead', 'dead', 'poison'],
      ])
      expect(entries[0]).toMatchObject({
        receipt: buildReceipt('poison'),
        error: 'Cannot take this in.',
      })
      expect(entries[0]?.attempts).toBe(application.of('poison').length)
      expect(entries[0]?.deadAt).toBeInstanceOf(Date)
      expect(await outbox.missing(['poison', 'poison-2'])).toEqual(['poison-2'])
      const dead = await outbox.accept(buildReceipt('poison'), 4000)
      expect(dead).toMatchObject({ state: 'dead', error: 'Cannot take this in.' })

      isUp = true
      const [first, second] = await Promise.all([outbox.replay('poison'), outbox.replay('poison')])
      expect([first, second].filter(Boolean)).toHaveLength(1)
      await until(async () => (await outbox.read('poison'))?.state === 'done', 'it is delivered')
      expect(application.of('poison').at(-1)?.number).toBe(1)
      expect((await outbox.dead({ limit: 10 })).entries.map(({ eventId }) => eventId)).toEqual([
        'poison.dead',
      ])
    })

    it('lists the dead in pages', async () => {
      const { open } = await start()
      const application = createApplication(({ event }) => {
        if (event === 'stored') throw new DeliveryError('DELIVERY_GONE', 'No more of these.')
      })
      const outbox = await open({ deliver: application.deliver })
      const ids = ['up-1', 'up-2', 'up-3', 'up-4', 'up-5']
      for (const id of ids) await outbox.accept(buildReceipt(id), 4000)
      const listed: string[] = []
      let after: string | undefined
      let pages = 0
      do {
        const page = await outbox.dead({ limit: 2, ...(after && { after }) })
        listed.push(...page.entries.map(({ eventId }) => eventId))
        after = page.next
        pages += 1
      } while (after !== undefined && pages < 10)
      expect(listed).toEqual(ids)
      expect(pages).toBe(3)
    })

    it('tries no earlier than Retry-After asks', async () => {
      const { open } = await start()
      const times: number[] = []
      const application = createApplication(({ number }) => {
        times.push(performance.now())
        if (number > 1) return
        throw new DeliveryError('DELIVERY_FAILED', 'Busy.', { retryAfterSeconds: 0.5 })
      })
      const outbox = await open({
        deliver: application.deliver,
        retry: { ...FAST_RETRY, giveUpAfterMs: 5000 },
      })
      await outbox.accept(buildReceipt('up-1'), 0)
      await until(async () => (await outbox.read('up-1'))?.state === 'done', 'it is delivered')
      const [first = 0, second = 0] = times
      // Clocks of engine and test may differ by a few ms.
      expect(second - first).toBeGreaterThan(480)
    })

    it('returns within waitMs when the application hangs, and aborts the attempt', async () => {
      const { open } = await start()
      const signals: AbortSignal[] = []
      const outbox = await open({
        deliver: (_, { signal }) => {
          signals.push(signal)
          return new Promise(() => {})
        },
      })
      const startedAt = performance.now()
      const state = await outbox.accept(buildReceipt('up-1'), 300)
      const tookMs = performance.now() - startedAt
      expect(state).toMatchObject({ state: 'due', attempts: 1 })
      expect(tookMs).toBeGreaterThan(290)
      expect(tookMs).toBeLessThan(1500)
      await until(() => signals[0]?.aborted === true, 'the attempt is aborted')
    })

    it('returns at once when nobody waits', async () => {
      const { open } = await start()
      const outbox = await open({ deliver: () => new Promise(() => {}) })
      const startedAt = performance.now()
      expect(await outbox.accept(buildReceipt('up-1'), 0)).toMatchObject({ state: 'due' })
      expect(performance.now() - startedAt).toBeLessThan(250)
      expect(await outbox.stats()).toMatchObject({ due: 1, dead: 0 })
    })

    it('lets a second caller wait for the same delivery', async () => {
      const { open } = await start()
      const outbox = await open({
        deliver: () => new Promise((resolve) => setTimeout(resolve, 100, '"late"')),
      })
      const first = outbox.accept(buildReceipt('up-1'), 4000)
      const second = outbox.accept(buildReceipt('up-1', { via: 'confirm' }), 4000)
      expect(await Promise.all([first, second])).toEqual([
        { state: 'done', response: '"late"' },
        { state: 'done', response: '"late"' },
      ])
    })

    it.each([
      ['no JSON', () => 'thanks', /not JSON/],
      ['no text at all', () => undefined as unknown as string, /no text/],
      ['an empty text', () => '', /not JSON/],
      ['1 000 000 bytes', () => JSON.stringify('x'.repeat(999_998)), /1000000 bytes/],
      ['400 000 Chinese characters', () => JSON.stringify('照'.repeat(400_000)), /1000000 bytes/],
    ])('counts %s as a failure, in words', async (_, respond, words) => {
      const { open } = await start()
      const outbox = await open({ deliver: async () => respond(), retry: FAST_RETRY })
      await outbox.accept(buildReceipt('up-1'), 0)
      await until(async () => (await outbox.read('up-1'))?.state === 'dead', 'it is given up')
      const state = await outbox.read('up-1')
      expect(state?.state === 'dead' && state.error).toMatch(words)
    })

    it('takes a response of just under 1 000 000 bytes', async () => {
      const { open } = await start()
      const response = JSON.stringify('x'.repeat(999_997))
      const outbox = await open({ deliver: async () => response })
      const state = await outbox.accept(buildReceipt('up-1'), 4000)
      expect(state.state === 'done' && state.response === response).toBe(true)
    })

    it('records no receipt of more than 64 KiB', async () => {
      const { open } = await start()
      const outbox = await open({ deliver: createApplication().deliver })
      const large = buildReceipt('up-1', { vars: { text: '照'.repeat(22_000) } })
      await expect(outbox.accept(large, 0)).rejects.toMatchObject({ code: 'RECEIPT_TOO_LARGE' })
      expect(await outbox.read('up-1')).toBeUndefined()
    })

    it('delivers after a restart what was recorded before it', async () => {
      const { open } = await start()
      const hanging = await open({ deliver: () => new Promise(() => {}), closeMs: 50 })
      await hanging.accept(buildReceipt('up-1'), 50)
      await hanging.accept(buildReceipt('up-2'), 0)
      await hanging.close()
      await expect(hanging.accept(buildReceipt('up-3'), 0)).rejects.toMatchObject({
        code: 'OUTBOX_CLOSED',
      })
      const application = createApplication()
      const outbox = await open({ deliver: application.deliver })
      if (!outbox.durable) {
        expect(await outbox.missing(['up-1', 'up-2'])).toEqual(['up-1', 'up-2'])
        expect(await outbox.problems()).not.toEqual([])
        return
      }
      for (const id of ['up-1', 'up-2']) {
        await until(async () => (await outbox.read(id))?.state === 'done', `${id} is delivered`)
      }
      expect(application.of('up-1')).toHaveLength(1)
      expect(application.of('up-1')[0]).toMatchObject({ receipt: buildReceipt('up-1') })
    })

    it('waits at close for running attempts, but not for ever', async () => {
      const { open } = await start()
      let isDone = false
      const begun = new Set<string>()
      const outbox = await open({
        deliver: async ({ id }) => {
          begun.add(id)
          if (id === 'hangs') return new Promise<string>(() => {})
          await new Promise((resolve) => setTimeout(resolve, 100))
          isDone = true
          return '{}'
        },
        closeMs: 400,
      })
      // Callers get a state or an error, at any rate no promise that never settles.
      const settled = Promise.allSettled([
        outbox.accept(buildReceipt('takes-its-time'), 4000),
        outbox.accept(buildReceipt('hangs'), 4000),
      ])
      await until(() => begun.size === 2, 'both attempts run')
      const startedAt = performance.now()
      await Promise.all([outbox.close(), outbox.close()])
      expect(isDone).toBe(true)
      expect(performance.now() - startedAt).toBeLessThan(3000)
      await settled
    })

    it('delivers many that are due at once: each once, the oldest first, a bounded number at a time', {
      timeout: 300_000,
    }, async () => {
      const { open, readHeapBytes } = await start()
      let atOnce = 0
      let mostAtOnce = 0
      const order: number[] = []
      // The application hangs until all are recorded: the first eight attempts hold up the others.
      let comeUp = () => {}
      const isUp = new Promise<void>((resolve) => {
        comeUp = resolve
      })
      const outbox = await open({
        concurrency: 8,
        backlogPerSecond: 100_000,
        attemptMs: 60_000,
        deliver: async ({ id }) => {
          atOnce += 1
          mostAtOnce = Math.max(mostAtOnce, atOnce)
          await isUp
          await new Promise((resolve) => setTimeout(resolve, 0))
          atOnce -= 1
          order.push(Number(id.slice(3)))
          return '{}'
        },
      })
      for (let from = 0; from < many; from += 100) {
        const count = Math.min(100, many - from)
        const ids = Array.from({ length: count }, (_, at) => `up-${from + at}`)
        await Promise.all(ids.map((id) => outbox.accept(buildReceipt(id), 0)))
      }
      const heapBefore = readHeapBytes?.() ?? 0
      comeUp()
      await until(() => order.length >= many, 'all are delivered', 250_000)
      await until(async () => (await outbox.stats()).due === 0, 'none is due any more', 60_000)
      const heapGrowth = (readHeapBytes?.() ?? 0) - heapBefore
      expect(mostAtOnce).toBe(8)
      expect(order).toHaveLength(many)
      expect(new Set(order).size).toBe(many)
      expect(heapGrowth).toBeLessThan(32 * 1024 * 1024)
      // Those that run at once may end in any order.
      expect(measureDisorder(order)).toBeLessThan(maxDisorder)
    })
  })
}

/** How many places a delivery is away from its own, at most. */
function measureDisorder(order: readonly number[]): number {
  return order.reduce((most, number, at) => Math.max(most, Math.abs(number - at)), 0)
}
