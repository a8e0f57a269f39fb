import { describe, expect, it } from 'vitest'
import {
  decodeReceipt,
  encodeReceipt,
  hashFacts,
  MAX_RECEIPT_BYTES,
  recordDead,
  recordReplaced,
  recordStored,
} from '../../../src/service/delivery/delivery-record.ts'
import { buildReceipt } from './outbox-contract.ts'

describe('the record of a receipt', () => {
  it('reads back what it wrote', () => {
    const receipt = buildReceipt('up-1', {
      unverified: { image: { width: 3, height: 4, format: 'png' }, clientIp: '192.0.2.1' },
      versionId: 'V1',
    })
    expect(decodeReceipt(encodeReceipt(receipt))).toEqual(receipt)
  })

  it('hashes exactly bucket, key, size, type, etag and crc64', () => {
    const facts = hashFacts(buildReceipt('up-1'))
    const others = { via: 'sweep', unverified: {}, name: 'n', at: new Date(0), vars: {} } as const
    expect(hashFacts(buildReceipt('up-1', others))).toBe(facts)
    const changes = [
      { bucket: 'b' },
      { key: 'k' },
      { size: 1 },
      { type: 't' },
      { etag: 'e' },
      { crc64: '1' },
    ]
    const hashes = changes.map((change) => hashFacts(buildReceipt('up-1', change)))
    expect(new Set([facts, ...hashes]).size).toBe(7)
  })

  it('does not confuse neighbours that run into one another', () => {
    const [one, other] = [
      { bucket: 'ab', key: 'c' },
      { bucket: 'a', key: 'bc' },
    ].map((change) => hashFacts(buildReceipt('up-1', change)))
    expect(one).not.toBe(other)
  })

  it('names its events', () => {
    const stored = recordStored(buildReceipt('up-1'))
    expect(stored).toMatchObject({ eventId: 'up-1', uploadId: 'up-1', event: 'stored' })
    const replaced = recordReplaced(stored)
    expect(replaced).toMatchObject({
      eventId: `up-1.replaced.${stored.facts}`,
      uploadId: 'up-1',
      event: 'replaced',
    })
    expect(recordDead(stored)).toMatchObject({ eventId: 'up-1.dead', event: 'dead' })
    expect(recordDead(replaced)).toMatchObject({ eventId: `${replaced.eventId}.dead` })
  })

  it('makes no event of a dead event that is given up', () => {
    const dead = recordDead(recordStored(buildReceipt('up-1')))
    expect(dead && recordDead(dead)).toBeUndefined()
  })

  it('takes 64 KiB of JSON and not a byte more', () => {
    const overhead = new TextEncoder().encode(
      encodeReceipt(buildReceipt('up-1', { vars: { a: '' } })),
    ).length
    const build = (bytes: number) =>
      buildReceipt('up-1', { vars: { a: 'x'.repeat(bytes - overhead) } })
    expect(encodeReceipt(build(MAX_RECEIPT_BYTES))).toHaveLength(MAX_RECEIPT_BYTES - countWide())
    expect(() => encodeReceipt(build(MAX_RECEIPT_BYTES + 1))).toThrow(
      expect.objectContaining({ code: 'RECEIPT_TOO_LARGE' }),
    )
  })
})

/** By how much the sample's Chinese characters take more bytes than UTF-16 units. */
function countWide(): number {
  const text = encodeReceipt(buildReceipt('up-1', { vars: { a: '' } }))
  return new TextEncoder().encode(text).length - text.length
}
