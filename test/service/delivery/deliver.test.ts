import { describe, expect, it } from 'vitest'
import {
  buildDefaultResponse,
  createHandlerDeliver,
  writeResponse,
} from '../../../src/service/delivery/deliver.ts'
import type { DeliveryEventType } from '../../../src/service/delivery/outbox.ts'
import { buildReceipt } from './outbox-contract.ts'

const receipt = buildReceipt('up-1')
const attempt = (event: DeliveryEventType = 'stored') => ({
  eventId: 'up-1',
  event,
  number: 1,
  signal: new AbortController().signal,
})

describe('a handler of the program', () => {
  it.each([[null], [false], [0], [''], [[1]], [{ a: '知' }]])('may return %j', async (value) => {
    expect(JSON.parse(await createHandlerDeliver(() => value)(receipt, attempt()))).toEqual(value)
  })

  it('that returns nothing gives the facts to the page', async () => {
    const facts = JSON.stringify(buildDefaultResponse(receipt))
    expect(await createHandlerDeliver(() => {})(receipt, attempt())).toBe(facts)
    expect(await createHandlerDeliver()(receipt, attempt())).toBe(facts)
    expect(facts).not.toContain('user-42"')
  })

  it.each<[string, unknown]>([
    ['a BigInt', 5n],
    ['a function', () => {}],
    ['a symbol', Symbol('s')],
    ['a circle', Object.assign([] as unknown[], { toJSON: undefined })],
    ['too much', 'x'.repeat(1_000_000)],
  ])('that returns %s fails in words', (name, value) => {
    if (name === 'a circle') (value as unknown[]).push(value)
    expect(() => writeResponse(value)).toThrow(
      expect.objectContaining({
        code: 'DELIVERY_RESPONSE',
        message: expect.stringMatching(/return|response/),
      }),
    )
  })

  it('is told of the attempt, and other handlers of other events', async () => {
    const seen: string[] = []
    const deliver = createHandlerDeliver(
      (_, { event, number }) => void seen.push(`${event} ${number}`),
      {
        onReplaced: ({ etag }) => void seen.push(`replaced ${etag}`),
        onDead: ({ id }) => void seen.push(`dead ${id}`),
      },
    )
    await deliver(receipt, attempt())
    await deliver(receipt, attempt('replaced'))
    await deliver(receipt, attempt('dead'))
    expect(seen).toEqual(['stored 1', `replaced ${receipt.etag}`, 'dead up-1'])
    await createHandlerDeliver(() => seen.push('wrong'))(receipt, attempt('dead'))
    expect(seen).toHaveLength(3)
  })
})
