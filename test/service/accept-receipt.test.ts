import { describe, expect, it } from 'vitest'
import { acceptReceipt, toResponseText } from '../../src/service/accept-receipt.ts'
import { createMemoryOutbox } from '../../src/service/delivery/memory-outbox.ts'
import {
  type Outbox,
  OutboxError,
  type OutboxErrorCode,
} from '../../src/service/delivery/outbox.ts'
import type { Receipt } from '../../src/signer/accept-callback.ts'

const RECEIPT = { id: 'up-1' } as Receipt

const createOutbox = (accept: Outbox['accept']) =>
  ({ ...createMemoryOutbox({ deliver: async () => '{}' }), accept }) satisfies Outbox

describe('what the page gets', () => {
  it('is the response of the application', async () => {
    const outbox = createOutbox(async () => ({ state: 'done', response: '{"a":1}' }))
    expect(await acceptReceipt(outbox, RECEIPT, 10)).toBe('{"a":1}')
  })

  it('is that it is accepted, while the application has not responded', () => {
    const accepted = '{"status":"accepted","id":"up-1"}'
    const nextAt = new Date()
    expect(toResponseText('up-1', { state: 'due', attempts: 0, nextAt })).toBe(accepted)
    expect(toResponseText('up-1', { state: 'dead', attempts: 9, error: 'secret' })).toBe(accepted)
  })

  it.each<[OutboxErrorCode, string]>([
    ['RECEIPT_CONFLICT', 'OBJECT_REPLACED'],
    ['OUTBOX_FULL', 'RECEIPT_NOT_RECORDED'],
    ['OUTBOX_STORE', 'RECEIPT_NOT_RECORDED'],
    ['OUTBOX_CLOSED', 'RECEIPT_NOT_RECORDED'],
  ])('is an error when the outbox says %s', async (code, expected) => {
    const outbox = createOutbox(async () => {
      throw new OutboxError(code, 'words for the operator')
    })
    await expect(acceptReceipt(outbox, RECEIPT, 10)).rejects.toMatchObject({ code: expected })
  })

  it('lets other errors through', async () => {
    const outbox = createOutbox(async () => {
      throw new TypeError('a fault of the program')
    })
    await expect(acceptReceipt(outbox, RECEIPT, 10)).rejects.toThrow(TypeError)
  })
})
