/**
 * The outbox in SQL, the same for `node:sqlite` and for the SQLite of a Durable Object (no PRAGMA, no BEGIN: neither is
 * allowed there).
 *
 * A claim moves `next_at` to the end of its lease: a delivery whose attempt never ends is due again by itself.
 * Over 200 lines: the schema and all statements on it are read together.
 */
import type { DeliveryRecord } from './delivery-record.ts'
import { OutboxError } from './outbox.ts'
import type { Claim, ClaimOptions, DeadRow, DeliveryRow, Ledger } from './store.ts'

export type SqlValue = string | number | null
export type Row = Record<string, unknown>

/** The database, five lines each. */
export interface Sql {
  all(text: string, ...params: SqlValue[]): Row[]
  run(text: string, ...params: SqlValue[]): void
  /** Commits when `work` returns; rolls back and throws when it throws. */
  transaction<T>(work: () => T): T
}

const SCHEMA_VERSION = 1

/** Times in ms since 1970. `changed_at`: of the last write to the row; of the response or the giving up, once final. */
const SCHEMA = [
  `CREATE TABLE deliveries (
    position INTEGER PRIMARY KEY,
    event_id TEXT NOT NULL UNIQUE,
    upload_id TEXT NOT NULL,
    event TEXT NOT NULL,
    facts TEXT NOT NULL,
    receipt TEXT NOT NULL,
    state TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    recorded_at INTEGER NOT NULL,
    since INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,
    next_at INTEGER NOT NULL,
    response TEXT,
    error TEXT
  ) STRICT`,
  `CREATE INDEX deliveries_due ON deliveries (next_at, position, recorded_at) WHERE state = 'due'`,
  `CREATE INDEX deliveries_done ON deliveries (changed_at) WHERE state = 'done'`,
  `CREATE INDEX deliveries_dead ON deliveries (position) WHERE state = 'dead'`,
]

/** @throws {OutboxError} `OUTBOX_VERSION` when a newer version wrote the store */
export function openSchema(sql: Sql): void {
  sql.transaction(() => {
    sql.run('CREATE TABLE IF NOT EXISTS outbox_schema (version INTEGER NOT NULL) STRICT')
    const [row] = sql.all('SELECT version FROM outbox_schema')
    const version = row ? Number(row.version) : 0
    if (version > SCHEMA_VERSION) {
      throw new OutboxError(
        'OUTBOX_VERSION',
        `The outbox has schema version ${version}, this program knows up to ${SCHEMA_VERSION}: a newer version wrote it. Start that version, or another outbox.`,
      )
    }
    if (version === SCHEMA_VERSION) return
    for (const text of SCHEMA) sql.run(text)
    sql.run('INSERT INTO outbox_schema (version) VALUES (?)', SCHEMA_VERSION)
  })
}

const CLAIMED = 'event_id, upload_id, event, facts, receipt, attempts, since, error'

function readClaim(row: Row): Claim {
  const attempts = Number(row.attempts)
  return {
    eventId: String(row.event_id),
    uploadId: String(row.upload_id),
    event: row.event as Claim['event'],
    facts: String(row.facts),
    receipt: String(row.receipt),
    attempts: attempts + 1,
    since: Number(row.since),
    isPreviousEnded: attempts === 0 || row.error !== null,
  }
}

function readRow(row: Row): DeliveryRow {
  return {
    facts: String(row.facts),
    state: row.state as DeliveryRow['state'],
    attempts: Number(row.attempts),
    nextAt: Number(row.next_at),
    response: String(row.response ?? ''),
    error: String(row.error ?? ''),
  }
}

function readDead(row: Row): DeadRow {
  return {
    eventId: String(row.event_id),
    uploadId: String(row.upload_id),
    event: row.event as DeadRow['event'],
    receipt: String(row.receipt),
    attempts: Number(row.attempts),
    error: String(row.error ?? ''),
    deadAt: Number(row.changed_at),
    position: String(row.position),
  }
}

const toTime = (value: unknown): number | undefined =>
  value === null || value === undefined ? undefined : Number(value)

/** Its methods are called within `sql.transaction`, but for those that only read. */
export function createLedger(sql: Sql): Ledger {
  function lease(row: Row, { now, leaseUntil }: ClaimOptions): Claim {
    const claim = readClaim(row)
    sql.run(
      'UPDATE deliveries SET attempts = ?, changed_at = ?, next_at = ?, error = NULL WHERE event_id = ?',
      claim.attempts,
      now,
      leaseUntil(claim.attempts),
      claim.eventId,
    )
    return claim
  }

  return {
    add(record: DeliveryRecord, { now, nextAt, attempts }) {
      const added = sql.all(
        `INSERT INTO deliveries
          (event_id, upload_id, event, facts, receipt, state, attempts, recorded_at, since, changed_at, next_at)
          VALUES (?, ?, ?, ?, ?, 'due', ?, ?, ?, ?, ?) ON CONFLICT (event_id) DO NOTHING RETURNING position`,
        record.eventId,
        record.uploadId,
        record.event,
        record.facts,
        record.receipt,
        attempts,
        now,
        now,
        now,
        nextAt,
      )
      return added.length > 0
    },
    find(eventId) {
      const [row] = sql.all(
        'SELECT facts, state, attempts, next_at, response, error FROM deliveries WHERE event_id = ?',
        eventId,
      )
      return row && readRow(row)
    },
    claimDue(limit, options) {
      const rows = sql.all(
        `SELECT ${CLAIMED} FROM deliveries WHERE state = 'due' AND next_at <= ? ORDER BY next_at, position LIMIT ?`,
        options.now,
        limit,
      )
      return rows.map((row) => lease(row, options))
    },
    release({ eventId, attempts }, now) {
      sql.run(
        `UPDATE deliveries SET attempts = attempts - 1, changed_at = ?, next_at = ?
          WHERE event_id = ? AND state = 'due' AND attempts = ?`,
        now,
        now,
        eventId,
        attempts,
      )
    },
    finish(eventId, response, now) {
      sql.run(
        `UPDATE deliveries SET state = 'done', response = ?, error = NULL, changed_at = ?
          WHERE event_id = ? AND state = 'due'`,
        response,
        now,
        eventId,
      )
    },
    postpone({ eventId, attempts }, error, { now, nextAt }) {
      sql.run(
        `UPDATE deliveries SET error = ?, changed_at = ?, next_at = ?
          WHERE event_id = ? AND state = 'due' AND attempts = ?`,
        error,
        now,
        nextAt,
        eventId,
        attempts,
      )
    },
    giveUp({ eventId, attempts }, error, now) {
      const changed = sql.all(
        `UPDATE deliveries SET state = 'dead', error = ?, changed_at = ?
          WHERE event_id = ? AND state = 'due' AND attempts = ? RETURNING position`,
        error,
        now,
        eventId,
        attempts,
      )
      return changed.length > 0
    },
    replay(eventId, now) {
      const changed = sql.all(
        `UPDATE deliveries SET state = 'due', attempts = 0, error = NULL, since = ?, changed_at = ?, next_at = ?
          WHERE event_id = ? AND state = 'dead' RETURNING position`,
        now,
        now,
        now,
        eventId,
      )
      return changed.length > 0
    },
    missing(ids) {
      const rows = sql.all(
        `SELECT value FROM json_each(?) WHERE value NOT IN
          (SELECT event_id FROM deliveries WHERE event_id IN (SELECT value FROM json_each(?))) ORDER BY key`,
        JSON.stringify(ids),
        JSON.stringify(ids),
      )
      return rows.map(({ value }) => String(value))
    },
    listDead(after, limit) {
      const rows = sql.all(
        `SELECT event_id, upload_id, event, receipt, attempts, error, changed_at, position
          FROM deliveries WHERE state = 'dead' AND position > ? ORDER BY position LIMIT ?`,
        Number(after ?? 0),
        limit,
      )
      return rows.map(readDead)
    },
    count() {
      const [due] = sql.all(
        `SELECT count(*) AS due, min(recorded_at) AS oldest FROM deliveries WHERE state = 'due'`,
      )
      const [dead] = sql.all(`SELECT count(*) AS dead FROM deliveries WHERE state = 'dead'`)
      return {
        due: Number(due?.due),
        dead: Number(dead?.dead),
        oldestDueAt: toTime(due?.oldest),
      }
    },
    readNext() {
      const [due] = sql.all(`SELECT min(next_at) AS time FROM deliveries WHERE state = 'due'`)
      const [done] = sql.all(`SELECT min(changed_at) AS time FROM deliveries WHERE state = 'done'`)
      return { dueAt: toTime(due?.time), oldestDoneAt: toTime(done?.time) }
    },
    removeDone(before, limit) {
      sql.run(
        `DELETE FROM deliveries WHERE position IN
          (SELECT position FROM deliveries WHERE state = 'done' AND changed_at < ? ORDER BY changed_at LIMIT ?)`,
        before,
        limit,
      )
    },
    setClockBack(now) {
      sql.run(
        `UPDATE deliveries SET next_at = next_at - changed_at + ?, changed_at = ?
          WHERE state = 'due' AND changed_at > ?`,
        now,
        now,
        now,
      )
    },
  }
}
