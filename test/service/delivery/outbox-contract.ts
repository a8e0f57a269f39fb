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
}

/** Retries within milliseconds, given up after 400 ms. */
export const FAST_RETRY = { baseMs: 10, capMs: 40, giveUpAfterMs: 400 }

export function buildReceipt(id: string, changes: Partial<Receipt> = {}): Receipt {
  return {
    id,
    subject: 'user-42',
    profile: 'avatars',
    bucket: 'examplebucket',
    key: `avatars/user-42/${id}.png`,
    name: '海边的照片.png',
    size: 1000,
    type: 'image/png',
    etag: '5D41402ABC4B2A76B9719D911017C592',
    crc64: '9962899395194021233',
    vars: { album: '夏天' },
    requestId: '5C3D8D2A0ACA54D87B43C048',
    operation: 'PostObject',
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

/** Asks again until `check` holds, for at most `limitMs`. */
export async function until(
  check: () => boolean | Promise<boolean>,
  what: string,
  limitMs = 10_000,
): Promise<void> {
  const end = performance.now() + limitMs
  while (!(await check())) {
    if (performance.now() > end) throw new Error(`Not within ${limitMs} ms: ${what}.`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

export function describeOutbox(
  name: string,
  createEngine: () => Promise<OutboxEngine>,
  { many = 2000 }: ContractOptions = {},
): void {
  describe(`outbox: ${name}`, () => {
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
      await outbox.accept(buildReceipt('up-1', { requestId: 'ANOTHER', via: 'confirm' }), 100)
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
  })

  void many
}
