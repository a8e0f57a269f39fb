import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeReceipt, encodeReceipt } from '../../../src/service/delivery/delivery-record.ts'
import { buildEventText } from '../../../src/service/delivery/event.ts'
import { RECEIPT, SOURCE } from '../../support/webhook-samples.ts'

describe('the text of an event', () => {
  it('is a CloudEvent with the receipt as its data', () => {
    const eventId = `${RECEIPT.id}.dead`
    expect(JSON.parse(buildEventText(RECEIPT, { eventId, event: 'dead' }, SOURCE))).toEqual({
      specversion: '1.0',
      id: eventId,
      type: 'com.oss-upcall.upload.dead',
      source: SOURCE,
      subject: RECEIPT.key,
      time: '2026-11-22T07:59:58.123Z',
      datacontenttype: 'application/json',
      data: { ...RECEIPT, at: '2026-11-22T07:59:58.123Z' },
    })
  })

  // Slow in workerd: strings of any characters.
  it('is the same after the receipt was stored and read back', { timeout: 30_000 }, () => {
    const texts = fc.string({ unit: 'binary', maxLength: 40 })
    const receipts = fc.record({
      id: fc.stringMatching(/^[\w-]{22}$/),
      key: texts,
      name: texts,
      size: fc.nat(),
      vars: fc.dictionary(texts, texts, { maxKeys: 5 }),
      at: fc.date({ noInvalidDate: true, min: new Date(0), max: new Date(4e12) }),
    })
    fc.assert(
      fc.property(receipts, fc.constantFrom('stored', 'replaced', 'dead'), (changes, event) => {
        const { at: _, ...facts } = RECEIPT
        const receipt = { ...{ at: changes.at }, ...facts, ...changes }
        const attempt = { eventId: receipt.id, event } as const
        const first = buildEventText(receipt, attempt, SOURCE)
        const later = buildEventText(decodeReceipt(encodeReceipt(receipt)), attempt, SOURCE)
        expect(later).toBe(first)
      }),
    )
  })
})
