/** The ledger on maps: what SQL does in ledger.ts, for one process and as long as it lives. */
import type { DeliveryRecord } from './delivery-record.ts'
import { createDueQueue } from './due-queue.ts'
import { OutboxError } from './outbox.ts'
import type { Claim, ClaimOptions, DeadRow, DeliveryRow, Ledger } from './store.ts'

interface Entry extends DeliveryRecord, DeliveryRow {
  position: number
  recordedAt: number
  since: number
  changedAt: number
  isEnded: boolean
}

export interface MemoryLimits {
  /** Receipts that are not delivered; further ones are refused. @default 100 000 */
  maxPending?: number
  /** Delivered receipts that are remembered; the oldest go first. @default 10 000 */
  maxDone?: number
  /** UTF-16 units of these receipts and their responses together. @default 33 554 432 (32 Mi) */
  maxDoneChars?: number
}

export function createMemoryLedger({
  maxPending = 100_000,
  maxDone = 10_000,
  maxDoneChars = 32 * 1024 * 1024,
}: MemoryLimits = {}): Ledger {
  const entries = new Map<string, Entry>()
  /** In the order in which they were done. */
  const done = new Set<Entry>()
  const dead = new Set<Entry>()
  /** An entry here is void when its delivery is not due at exactly this time any more. */
  let queue = createDueQueue()
  let position = 0
  let doneChars = 0

  function findDue(eventId: string): Entry | undefined {
    const entry = entries.get(eventId)
    return entry?.state === 'due' ? entry : undefined
  }

  function setNext(entry: Entry, now: number, nextAt: number): void {
    entry.changedAt = now
    entry.nextAt = nextAt
    queue.push({ eventId: entry.eventId, position: entry.position, nextAt })
  }

  /** The earliest that is still due at the time it is queued for. */
  function peekDue(): Entry | undefined {
    for (let first = queue.peek(); first; first = queue.peek()) {
      const entry = findDue(first.eventId)
      if (entry && entry.nextAt === first.nextAt) return entry
      queue.pop()
    }
    return undefined
  }

  function lease(entry: Entry, { now, leaseUntil }: ClaimOptions): Claim {
    const { eventId, uploadId, event, facts, receipt, since } = entry
    const isPreviousEnded = entry.attempts === 0 || entry.isEnded
    entry.attempts += 1
    entry.isEnded = false
    entry.error = ''
    setNext(entry, now, leaseUntil(entry.attempts))
    const { attempts } = entry
    return { eventId, uploadId, event, facts, receipt, since, attempts, isPreviousEnded }
  }

  const sizeOf = ({ receipt, response }: Entry): number => receipt.length + response.length

  function remove(entry: Entry): void {
    doneChars -= sizeOf(entry)
    done.delete(entry)
    entries.delete(entry.eventId)
  }

  return {
    add(record, { now, nextAt, attempts }) {
      if (entries.has(record.eventId)) return false
      if (entries.size - done.size >= maxPending) {
        throw new OutboxError(
          'OUTBOX_FULL',
          `${maxPending} receipts wait in memory for their delivery; no more are taken.`,
        )
      }
      position += 1
      const entry: Entry = {
        ...record,
        state: 'due',
        attempts,
        nextAt,
        response: '',
        error: '',
        position,
        recordedAt: now,
        since: now,
        changedAt: now,
        isEnded: false,
      }
      entries.set(record.eventId, entry)
      setNext(entry, now, nextAt)
      return true
    },
    find(eventId) {
      const entry = entries.get(eventId)
      if (!entry) return undefined
      const { facts, state, attempts, nextAt, response, error } = entry
      return { facts, state, attempts, nextAt, response, error }
    },
    claim(eventId, options) {
      const entry = findDue(eventId)
      return entry && entry.nextAt <= options.now ? lease(entry, options) : undefined
    },
    claimDue(limit, options) {
      const claims: Claim[] = []
      while (claims.length < limit) {
        const entry = peekDue()
        if (!entry || entry.nextAt > options.now) break
        queue.pop()
        claims.push(lease(entry, options))
      }
      return claims
    },
    finish(eventId, response, now) {
      const entry = findDue(eventId)
      if (!entry) return
      Object.assign(entry, { state: 'done', response, error: '', changedAt: now })
      done.add(entry)
      doneChars += sizeOf(entry)
      for (const oldest of done) {
        if (done.size <= maxDone && doneChars <= maxDoneChars) break
        remove(oldest)
      }
    },
    postpone({ eventId, attempts }, error, { now, nextAt }) {
      const entry = findDue(eventId)
      if (entry?.attempts !== attempts) return
      entry.error = error
      entry.isEnded = true
      setNext(entry, now, nextAt)
    },
    giveUp({ eventId, attempts }, error, now) {
      const entry = findDue(eventId)
      if (entry?.attempts !== attempts) return false
      Object.assign(entry, { state: 'dead', error, changedAt: now })
      dead.add(entry)
      return true
    },
    replay(eventId, now) {
      const entry = entries.get(eventId)
      if (entry?.state !== 'dead') return false
      dead.delete(entry)
      Object.assign(entry, { state: 'due', attempts: 0, error: '', since: now, isEnded: false })
      setNext(entry, now, now)
      return true
    },
    missing: (ids) => ids.filter((id) => !entries.has(id)),
    listDead(after, limit) {
      return [...dead]
        .filter((entry) => entry.position > Number(after ?? 0))
        .sort((a, b) => a.position - b.position)
        .slice(0, limit)
        .map(
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
      let oldestDueAt: number | undefined
      let due = 0
      for (const { state, recordedAt } of entries.values()) {
        if (state !== 'due') continue
        due += 1
        oldestDueAt = Math.min(oldestDueAt ?? recordedAt, recordedAt)
      }
      return { due, dead: dead.size, oldestDueAt }
    },
    readNext() {
      const [oldestDone] = done
      return { dueAt: peekDue()?.nextAt, oldestDoneAt: oldestDone?.changedAt }
    },
    removeDone(before, limit) {
      let left = limit
      for (const entry of done) {
        if (left === 0 || entry.changedAt >= before) break
        remove(entry)
        left -= 1
      }
    },
    setClockBack(now) {
      queue = createDueQueue()
      for (const entry of entries.values()) {
        if (entry.state !== 'due') continue
        const delayMs = entry.nextAt - entry.changedAt
        if (entry.changedAt > now) setNext(entry, now, now + delayMs)
        else queue.push({ eventId: entry.eventId, position: entry.position, nextAt: entry.nextAt })
      }
    },
  }
}
