/** The ledger on maps: what ledger.ts does in SQL, for one process and as long as it lives. */
import type { DeliveryRecord } from './delivery-record.ts'
import { createDueQueue } from './due-queue.ts'
import { OutboxError } from './outbox.ts'
import type { Claim, ClaimOptions, DeadRow, DeliveryRow, Ledger } from './store.ts'

interface Entry extends DeliveryRecord, DeliveryRow {
  position: number
  recordedAt: number
  since: number
  changedAt: number
}

export interface MemoryLimits {
  /** Receipts that are not delivered; further ones are refused. @default 100 000 */
  maxPending?: number
  /** Delivered receipts that stay recorded; the oldest go first. @default 10 000 */
  maxDone?: number
  /** UTF-16 units of these receipts and their responses together. @default 33 554 432 (32 Mi) */
  maxDoneChars?: number
}

const countChars = ({ receipt, response }: Entry): number => receipt.length + response.length

export function createMemoryLedger({
  maxPending = 100_000,
  maxDone = 10_000,
  maxDoneChars = 32 * 1024 * 1024,
}: MemoryLimits = {}): Ledger {
  const entries = new Map<string, Entry>()
  /** In the order in which they were done. */
  const done = new Set<Entry>()
  let doneChars = 0
  /** An element is void unless its delivery is due at exactly its time. */
  let queue = createDueQueue()
  let position = 0

  function isDueAt(entry: Entry | undefined, time: number): entry is Entry {
    return entry?.state === 'due' && entry.nextAt === time
  }

  /** The first that is due, without the void elements before it. */
  function readFirst(): Entry | undefined {
    for (let element = queue.peek(); element; element = queue.peek()) {
      const entry = entries.get(element.eventId)
      if (isDueAt(entry, element.nextAt)) return entry
      queue.pop()
    }
    return undefined
  }

  function setDue(entry: Entry, now: number, nextAt: number): void {
    entry.changedAt = now
    entry.nextAt = nextAt
    queue.push({ eventId: entry.eventId, nextAt, position: entry.position })
  }

  function findLatest({ eventId, attempts }: Claim): Entry | undefined {
    const entry = entries.get(eventId)
    return entry?.state === 'due' && entry.attempts === attempts ? entry : undefined
  }

  function lease(entry: Entry, { now, leaseUntil }: ClaimOptions): Claim {
    const { eventId, uploadId, event, facts, receipt, since } = entry
    const isPreviousEnded = entry.attempts === 0 || entry.error !== ''
    entry.attempts += 1
    entry.error = ''
    const { attempts } = entry
    setDue(entry, now, leaseUntil(attempts))
    return { eventId, uploadId, event, facts, receipt, since, attempts, isPreviousEnded }
  }

  function removeFirstDone(): void {
    for (const entry of done) {
      done.delete(entry)
      entries.delete(entry.eventId)
      doneChars -= countChars(entry)
      return
    }
  }

  const list = (state: Entry['state']) =>
    [...entries.values()].filter((entry) => entry.state === state)

  return {
    add(record, { now, nextAt, attempts }) {
      if (entries.has(record.eventId)) return false
      // The `dead` event follows from a receipt that is there already.
      if (record.event !== 'dead' && entries.size - done.size >= maxPending) {
        throw new OutboxError(
          'OUTBOX_FULL',
          `${maxPending} receipts wait in memory for their delivery; no further one is taken.`,
        )
      }
      position += 1
      const state = { state: 'due', attempts, nextAt, response: '', error: '' } as const
      const times = { recordedAt: now, since: now, changedAt: now }
      const entry = { ...record, ...state, ...times, position }
      entries.set(record.eventId, entry)
      setDue(entry, now, nextAt)
      return true
    },
    find: (eventId) => entries.get(eventId),
    claimDue(limit, options) {
      const claims: Claim[] = []
      while (claims.length < limit) {
        const entry = readFirst()
        if (!entry || entry.nextAt > options.now) break
        queue.pop()
        claims.push(lease(entry, options))
      }
      return claims
    },
    release(claim, now) {
      const entry = findLatest(claim)
      if (!entry) return
      entry.attempts -= 1
      setDue(entry, now, now)
    },
    finish(eventId, response, now) {
      const entry = entries.get(eventId)
      if (entry?.state !== 'due') return
      Object.assign(entry, { state: 'done', response, error: '', changedAt: now })
      done.add(entry)
      doneChars += countChars(entry)
      while (done.size > maxDone || doneChars > maxDoneChars) removeFirstDone()
    },
    postpone(claim, error, { now, nextAt }) {
      const entry = findLatest(claim)
      if (!entry) return
      entry.error = error
      setDue(entry, now, nextAt)
    },
    giveUp(claim, error, now) {
      const entry = findLatest(claim)
      if (entry) Object.assign(entry, { state: 'dead', error, changedAt: now })
      return entry !== undefined
    },
    replay(eventId, now) {
      const entry = entries.get(eventId)
      if (entry?.state !== 'dead') return false
      Object.assign(entry, { state: 'due', attempts: 0, error: '', since: now })
      setDue(entry, now, now)
      return true
    },
    missing: (ids) => ids.filter((id) => !entries.has(id)),
    listDead(after, limit) {
      const rows = list('dead').filter((entry) => entry.position > Number(after ?? 0))
      return rows.slice(0, limit).map(
        (entry): DeadRow => ({
          eventId: entry.eventId,
          uploadId: entry.uploadId,
          event: entry.event,
          receipt: entry.receipt,
          attempts: entry.attempts,
          error: entry.error,
          deadAt: entry.changedAt,
          position: String(entry.position),
        }),
      )
    },
    count() {
      const due = list('due')
      const oldestDueAt = due.reduce(
        (oldest, entry) => Math.min(oldest, entry.recordedAt),
        Infinity,
      )
      return {
        due: due.length,
        dead: entries.size - done.size - due.length,
        oldestDueAt: due.length > 0 ? oldestDueAt : undefined,
      }
    },
    readNext() {
      const [oldest] = done
      return { dueAt: readFirst()?.nextAt, oldestDoneAt: oldest?.changedAt }
    },
    removeDone(before, limit) {
      for (const entry of [...done].slice(0, limit)) {
        if (entry.changedAt < before) removeFirstDone()
      }
    },
    setClockBack(now) {
      queue = createDueQueue()
      for (const entry of list('due')) {
        const later = Math.max(0, entry.changedAt - now)
        setDue(entry, entry.changedAt - later, entry.nextAt - later)
      }
    },
  }
}
