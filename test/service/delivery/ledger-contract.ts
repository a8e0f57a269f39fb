/** What the ledger promises, in SQL and on maps. */
import { describe, expect, it } from 'vitest'
import { recordDead, recordStored } from '../../../src/service/delivery/delivery-record.ts'
import type { Claim, Ledger } from '../../../src/service/delivery/store.ts'
import { buildReceipt } from './outbox-contract.ts'

const T = Date.UTC(2026, 2, 1, 8)
const LEASE_MS = 5000

const record = (id: string) => recordStored(buildReceipt(id))

export function describeLedger(name: string, createLedger: () => Ledger): void {
  describe(`ledger: ${name}`, () => {
    function open(...ids: string[]) {
      const ledger = createLedger()
      for (const [at, id] of ids.entries()) {
        ledger.add(record(id), { now: T + at, nextAt: T + at, attempts: 0 })
      }
      const claimDue = (now: number, limit = 10): Claim[] =>
        ledger.claimDue(limit, { now, leaseUntil: () => now + LEASE_MS })
      const claimOne = (now: number): Claim => {
        const [claim] = claimDue(now, 1)
        if (!claim) throw new Error('Nothing is due.')
        return claim
      }
      return { ledger, claimDue, claimOne }
    }
    const idsOf = (claims: readonly Claim[]) => claims.map(({ eventId }) => eventId)

    it('adds an event once, and the first record stays', () => {
      const { ledger } = open()
      const first = record('up-1')
      expect(ledger.add(first, { now: T, nextAt: T, attempts: 0 })).toBe(true)
      const other = { ...first, facts: 'other', receipt: '{}' }
      expect(ledger.add(other, { now: T, nextAt: T, attempts: 0 })).toBe(false)
      expect(ledger.find('up-1')).toMatchObject({
        facts: first.facts,
        state: 'due',
        attempts: 0,
        nextAt: T,
      })
      expect(ledger.find('up-2')).toBeUndefined()
    })

    it('claims what is due, the longest due first, and each once until its lease ends', () => {
      const { claimDue } = open('up-3', 'up-1', 'up-2')
      expect(idsOf(claimDue(T + 1))).toEqual(['up-3', 'up-1'])
      expect(idsOf(claimDue(T + 2))).toEqual(['up-2'])
      expect(claimDue(T + LEASE_MS)).toEqual([])
      const again = claimDue(T + 1 + LEASE_MS)
      expect(idsOf(again)).toEqual(['up-3', 'up-1'])
      expect(again[0]).toMatchObject({ attempts: 2, since: T, isPreviousEnded: false })
    })

    it('claims no more than asked for, in the order of their records when due at once', () => {
      const { ledger, claimDue } = open()
      for (const id of ['up-c', 'up-a', 'up-b']) {
        ledger.add(record(id), { now: T, nextAt: T, attempts: 0 })
      }
      expect(idsOf(claimDue(T, 2))).toEqual(['up-c', 'up-a'])
      expect(idsOf(claimDue(T, 2))).toEqual(['up-b'])
    })

    it('gives a claim all that its recorder recorded', () => {
      const { claimOne } = open('up-1')
      expect(claimOne(T)).toEqual({
        ...record('up-1'),
        attempts: 1,
        since: T,
        isPreviousEnded: true,
      })
    })

    it('takes a claim of its recorder', () => {
      const { ledger, claimDue } = open()
      ledger.add(record('up-1'), { now: T, nextAt: T + LEASE_MS, attempts: 1 })
      expect(claimDue(T)).toEqual([])
      expect(claimDue(T + LEASE_MS)).toMatchObject([{ attempts: 2, isPreviousEnded: false }])
    })

    it('gives back a claim that was not attempted, uncounted', () => {
      const { ledger, claimOne } = open('up-1')
      ledger.release(claimOne(T), T + 10)
      expect(ledger.find('up-1')).toMatchObject({ attempts: 0, nextAt: T + 10 })
      expect(claimOne(T + 10)).toMatchObject({ attempts: 1, isPreviousEnded: true })
    })

    it('keeps the first response', () => {
      const { ledger, claimOne, claimDue } = open('up-1')
      claimOne(T)
      ledger.finish('up-1', '{"first":1}', T + 1)
      ledger.finish('up-1', '{"second":2}', T + 2)
      expect(ledger.find('up-1')).toMatchObject({ state: 'done', response: '{"first":1}' })
      expect(claimDue(T + 1e9)).toEqual([])
      ledger.finish('unknown', '{}', T)
      expect(ledger.find('unknown')).toBeUndefined()
    })

    it('lets a claim whose lease ended change nothing but bring a response', () => {
      const { ledger, claimOne } = open('up-1')
      const late = claimOne(T)
      const latest = claimOne(T + LEASE_MS)
      ledger.postpone(late, 'late', { now: T + LEASE_MS, nextAt: T })
      ledger.release(late, T)
      expect(ledger.giveUp(late, 'late', T)).toBe(false)
      expect(ledger.find('up-1')).toMatchObject({ state: 'due', attempts: 2, error: '' })
      ledger.postpone(latest, 'in time', { now: T + 6000, nextAt: T + 9000 })
      expect(ledger.find('up-1')).toMatchObject({ error: 'in time', nextAt: T + 9000 })
    })

    it('postpones, and tells the next claim that the attempt ended', () => {
      const { ledger, claimOne, claimDue } = open('up-1')
      ledger.postpone(claimOne(T), 'down', { now: T + 1, nextAt: T + 300 })
      expect(claimDue(T + 299)).toEqual([])
      expect(claimOne(T + 300)).toMatchObject({ attempts: 2, isPreviousEnded: true })
    })

    it('gives up, lists in pages, and replays once with a fresh count and period', () => {
      const { ledger, claimOne, claimDue } = open('up-1', 'up-2', 'up-3')
      for (let at = 0; at < 3; at += 1) {
        expect(ledger.giveUp(claimOne(T + 2), `reason ${at}`, T + 100)).toBe(true)
      }
      const [first, second] = ledger.listDead(undefined, 2)
      expect(first).toMatchObject({
        eventId: 'up-1',
        uploadId: 'up-1',
        event: 'stored',
        receipt: record('up-1').receipt,
        attempts: 1,
        error: 'reason 0',
        deadAt: T + 100,
      })
      expect(ledger.listDead(second?.position, 2).map(({ eventId }) => eventId)).toEqual(['up-3'])
      expect(ledger.listDead('nonsense', 2)).toEqual([])
      expect(ledger.replay('up-2', T + 500)).toBe(true)
      expect(ledger.replay('up-2', T + 500)).toBe(false)
      expect(ledger.replay('unknown', T)).toBe(false)
      expect(claimDue(T + 500)).toMatchObject([
        { eventId: 'up-2', attempts: 1, since: T + 500, isPreviousEnded: true },
      ])
      expect(ledger.listDead(undefined, 9).map(({ eventId }) => eventId)).toEqual(['up-1', 'up-3'])
    })

    it('counts', () => {
      const { ledger, claimOne } = open('up-1', 'up-2', 'up-3')
      ledger.giveUp(claimOne(T), 'x', T)
      expect(ledger.count()).toEqual({ due: 2, dead: 1, oldestDueAt: T + 1 })
      ledger.finish('up-2', '{}', T)
      ledger.finish('up-3', '{}', T)
      expect(ledger.count()).toEqual({ due: 0, dead: 1, oldestDueAt: undefined })
    })

    it('tells which ids nobody recorded, in their order, and takes odd ones', () => {
      const { ledger, claimOne } = open('up-1', 'up-2', 'up-3')
      ledger.giveUp(claimOne(T), 'x', T)
      ledger.finish('up-2', '{}', T)
      const odd = ["'; DROP TABLE deliveries; --", '照片', '', 'up-1\u0000']
      const asked = ['up-9', ...odd, 'up-1', 'up-2', 'up-3', 'up-0']
      expect(ledger.missing(asked)).toEqual(['up-9', ...odd, 'up-0'])
      expect(ledger.missing([])).toEqual([])
    })

    it('tells what comes next', () => {
      const { ledger, claimDue } = open('up-1', 'up-2')
      expect(ledger.readNext()).toEqual({ dueAt: T, oldestDoneAt: undefined })
      claimDue(T + 1)
      expect(ledger.readNext().dueAt).toBe(T + 1 + LEASE_MS)
      ledger.finish('up-1', '{}', T + 7)
      ledger.finish('up-2', '{}', T + 8)
      expect(ledger.readNext()).toEqual({ dueAt: undefined, oldestDoneAt: T + 7 })
      expect(createLedger().readNext()).toEqual({ dueAt: undefined, oldestDoneAt: undefined })
    })

    it('removes what was done before a time, so many at once, and nothing else', () => {
      const { ledger, claimOne } = open('up-1', 'up-2', 'up-3', 'up-4', 'up-5')
      ledger.giveUp(claimOne(T), 'x', T)
      for (const [at, id] of ['up-2', 'up-3', 'up-4'].entries()) ledger.finish(id, '{}', T + at)
      ledger.removeDone(T + 2, 1)
      expect(ledger.find('up-2')).toBeUndefined()
      expect(ledger.find('up-3')).toBeDefined()
      ledger.removeDone(T + 2, 100)
      const left = ['up-1', 'up-2', 'up-3', 'up-4', 'up-5'].filter((id) => ledger.find(id))
      expect(left).toEqual(['up-1', 'up-4', 'up-5'])
    })

    it('gives its own delay again to what was written by a clock that was set back', () => {
      const { ledger, claimOne, claimDue } = open('up-1', 'up-2', 'up-3')
      ledger.postpone(claimOne(T), 'down', { now: T + 1000, nextAt: T + 61_000 })
      claimOne(T + 2)
      const back = T - 3_600_000
      ledger.setClockBack(back)
      // Not attempted yet: due at once. Leased: until the end of its lease. Postponed: after its delay.
      expect(idsOf(claimDue(back))).toEqual(['up-3'])
      expect(idsOf(claimDue(back + LEASE_MS))).toEqual(['up-2', 'up-3'])
      expect(idsOf(claimDue(back + 60_000))).toContain('up-1')
      ledger.add(record('up-4'), { now: back, nextAt: back, attempts: 0 })
      ledger.setClockBack(back + 1)
      expect(ledger.find('up-4')?.nextAt).toBe(back)
    })

    it('keeps texts as they are', () => {
      const { ledger } = open()
      const receipt = buildReceipt('up-1', { name: "照片 '; -- \ud83d\ude00\u0000\ud800.png" })
      const stored = recordStored(receipt)
      ledger.add(stored, { now: T, nextAt: T, attempts: 0 })
      const [claim] = ledger.claimDue(1, { now: T, leaseUntil: () => T + 1 })
      expect(claim?.receipt).toBe(stored.receipt)
      ledger.finish('up-1', '"照片 😀"', T)
      expect(ledger.find('up-1')?.response).toBe('"照片 😀"')
    })

    it('keeps a dead event beside its receipt', () => {
      const { ledger, claimOne } = open('up-1')
      const claim = claimOne(T)
      ledger.giveUp(claim, 'x', T)
      const dead = recordDead(claim)
      expect(dead && ledger.add(dead, { now: T, nextAt: T, attempts: 0 })).toBe(true)
      expect(claimOne(T)).toMatchObject({ eventId: 'up-1.dead', uploadId: 'up-1', event: 'dead' })
      expect(ledger.missing(['up-1'])).toEqual([])
    })
  })
}
