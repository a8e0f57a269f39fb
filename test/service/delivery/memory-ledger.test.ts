import { describe, expect, it } from 'vitest'
import { recordDead, recordStored } from '../../../src/service/delivery/delivery-record.ts'
import { createMemoryLedger } from '../../../src/service/delivery/memory-ledger.ts'
import { describeLedger } from './ledger-contract.ts'
import { buildReceipt } from './outbox-contract.ts'

describeLedger('memory', () => createMemoryLedger())

const due = { now: 0, nextAt: 0, attempts: 0 } as const
const record = (id: string) => recordStored(buildReceipt(id))

describe('the ledger in memory', () => {
  it('refuses receipts beyond its limit of undelivered ones, and takes some again later', () => {
    const ledger = createMemoryLedger({ maxPending: 2 })
    ledger.add(record('up-1'), due)
    ledger.add(record('up-2'), due)
    expect(() => ledger.add(record('up-3'), due)).toThrow(
      expect.objectContaining({ code: 'OUTBOX_FULL' }),
    )
    expect(ledger.find('up-3')).toBeUndefined()
    const dead = recordDead(record('up-1'))
    expect(dead && ledger.add(dead, due)).toBe(true)
    for (const id of ['up-1', 'up-2', 'up-1.dead']) ledger.finish(id, '{}', 0)
    expect(ledger.add(record('up-3'), due)).toBe(true)
  })

  it('forgets the oldest of what was done beyond its number or size', () => {
    for (const limits of [{ maxDone: 2 }, { maxDoneChars: 2500 }]) {
      const ledger = createMemoryLedger(limits)
      for (const id of ['up-1', 'up-2', 'up-3']) {
        ledger.add(record(id), due)
        ledger.finish(id, JSON.stringify('x'.repeat(600)), 0)
      }
      expect(ledger.missing(['up-1', 'up-2', 'up-3'])).toEqual(['up-1'])
    }
  })
})
