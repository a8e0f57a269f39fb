import { describe, expect, it } from 'vitest'
import { toUtf8 } from '../../src/protocol/bytes.ts'
import { buildEventText } from '../../src/service/delivery/event.ts'
import { parseEvent } from '../../src/webhook/event.ts'
import { codeOf } from '../support/samples.ts'
import { RECEIPT, SOURCE } from '../support/webhook-samples.ts'

const id = RECEIPT.id
const text = buildEventText(RECEIPT, { eventId: id, event: 'stored' }, SOURCE)
const change = (changes: object) => JSON.stringify({ ...JSON.parse(text), ...changes })

describe('the body of an event', () => {
  it('is read with its receipt', () => {
    const event = parseEvent(toUtf8(text), id)
    expect(event.data).toEqual({ ...RECEIPT, at: RECEIPT.at.toISOString() })
    expect(event).toMatchObject({ id, source: SOURCE, subject: RECEIPT.key })
  })

  it.each([
    ['is not JSON', '{', 'WEBHOOK_BODY'],
    ['is empty', '', 'WEBHOOK_BODY'],
    ['is null', 'null', 'WEBHOOK_BODY'],
    ['is an array of events', `[${text}]`, 'WEBHOOK_BODY'],
    ['is a CloudEvent of another version', change({ specversion: '0.3' }), 'WEBHOOK_BODY'],
    ['has no type', change({ type: undefined }), 'WEBHOOK_BODY'],
    ['has another id than its header', change({ id: 'other' }), 'WEBHOOK_BODY'],
    ['has no receipt', change({ data: 'text' }), 'WEBHOOK_BODY'],
    ['has a receipt without id', change({ data: {} }), 'WEBHOOK_BODY'],
    ['has a type of a later version', change({ type: 'com.oss-upcall.upload.x' }), 'WEBHOOK_EVENT'],
    ['has a type of every object', change({ type: 'constructor' }), 'WEBHOOK_EVENT'],
  ])('is refused when it %s', (_, body, code) => {
    expect(codeOf(() => parseEvent(toUtf8(body), id))).toBe(code)
  })

  it('is refused when it is not UTF-8', () => {
    const bytes = toUtf8(text)
    bytes[bytes.length - 10] = 0xff
    expect(codeOf(() => parseEvent(bytes, id))).toBe('WEBHOOK_BODY')
  })
})
