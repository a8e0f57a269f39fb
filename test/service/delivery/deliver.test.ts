import { describe, expect, it } from 'vitest'
import {
  buildDefaultResponse,
  createHandlerDeliver,
} from '../../../src/service/delivery/deliver.ts'
import type { Receipt } from '../../../src/signer/accept-callback.ts'
import { createAttempt, FACTS, RECEIPT } from '../../support/webhook-samples.ts'

const stored = createAttempt()
const replaced = createAttempt({ event: 'replaced', eventId: `${RECEIPT.id}.replaced.ab` })
const dead = createAttempt({ event: 'dead', eventId: `${RECEIPT.id}.dead` })
const ring: Record<string, unknown> = {}
ring.self = ring

it('the default response has the facts that are the uploader’s, and nothing else', () => {
  expect(buildDefaultResponse(RECEIPT)).toEqual(FACTS)
  const { unverified: _, ...facts } = FACTS
  expect(buildDefaultResponse({ ...RECEIPT, unverified: {} })).toEqual(facts)
})

describe('delivery to a handler', () => {
  it('gives it receipt and attempt, and returns its JSON', async () => {
    const deliver = createHandlerDeliver(async (receipt, attempt) => ({
      key: receipt.key,
      eventId: attempt.eventId,
      number: attempt.number,
      aborted: attempt.signal.aborted,
    }))
    expect(JSON.parse(await deliver(RECEIPT, createAttempt({ number: 3 })))).toEqual({
      key: RECEIPT.key,
      eventId: RECEIPT.id,
      number: 3,
      aborted: false,
    })
  })

  it('works with a handler of one parameter, and without a handler', async () => {
    const handler = (receipt: Receipt) => receipt.size
    expect(await createHandlerDeliver(handler)(RECEIPT, stored)).toBe('1000')
    expect(JSON.parse(await createHandlerDeliver()(RECEIPT, stored))).toEqual(FACTS)
  })

  it.each([null, false, 0, '', [], '海边'])('returns %j as it is', async (value) => {
    expect(await createHandlerDeliver(() => value)(RECEIPT, stored)).toBe(JSON.stringify(value))
  })

  it('returns the facts when the handler returns nothing', async () => {
    expect(JSON.parse(await createHandlerDeliver(() => undefined)(RECEIPT, stored))).toEqual(FACTS)
    expect(JSON.parse(await createHandlerDeliver(async () => {})(RECEIPT, stored))).toEqual(FACTS)
  })

  it.each<[string, unknown, RegExp]>([
    ['a BigInt', 1n, /JSON cannot hold \(a BigInt/],
    ['a ring', ring, /JSON cannot hold/],
    ['a function', () => 1, /function or a symbol/],
    ['a symbol', Symbol('a'), /function or a symbol/],
    ['999 999 characters in quotes', 'x'.repeat(999_998), /1000000 bytes or more/],
    ['fewer characters than bytes', '海'.repeat(333_333), /1000000 bytes or more/],
  ])('says what is wrong with %s', async (_, value, words) => {
    await expect(createHandlerDeliver(() => value)(RECEIPT, stored)).rejects.toMatchObject({
      code: 'DELIVERY_RESPONSE',
      message: expect.stringMatching(words),
    })
  })

  it('takes one byte less than the limit', async () => {
    const text = await createHandlerDeliver(() => 'x'.repeat(999_997))(RECEIPT, stored)
    expect(text.length).toBe(999_999)
  })

  it('passes on what the handler throws, at once or later', async () => {
    const cause = new Error('database is down')
    const atOnce = createHandlerDeliver(() => {
      throw cause
    })
    await expect(atOnce(RECEIPT, stored)).rejects.toBe(cause)
    const later = createHandlerDeliver(() => Promise.reject(cause))
    await expect(later(RECEIPT, stored)).rejects.toBe(cause)
  })

  it('gives each kind of event to its own handler', async () => {
    const seen: string[] = []
    const note = (name: string) => (_: Receipt, attempt: { event: string }) => {
      seen.push(`${name} ${attempt.event}`)
    }
    const deliver = createHandlerDeliver(note('a'), { onReplaced: note('b'), onDead: note('c') })
    for (const attempt of [stored, replaced, dead]) await deliver(RECEIPT, attempt)
    expect(seen).toEqual(['a stored', 'b replaced', 'c dead'])
  })

  it('logs an event without a handler instead of running that of uploads', async () => {
    const lines: string[] = []
    const fail = () => {
      throw new Error('not for this event')
    }
    const deliver = createHandlerDeliver(fail, { log: (line) => lines.push(line) })
    for (const attempt of [replaced, dead]) {
      expect(JSON.parse(await deliver(RECEIPT, attempt))).toEqual(FACTS)
    }
    expect(lines).toEqual([
      expect.stringMatching(/was seen again with other facts.*\.replaced\.ab\)\.$/),
      expect.stringMatching(/was not delivered.*\.dead\)\.$/),
    ])
  })
})
