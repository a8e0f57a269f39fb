/**
 * The outbox in one SQLite file: durable on one machine, without a server. One process has the file; its lock is the
 * operating system's, so that it is free again however that process ended.
 *
 * Needs `node:sqlite`: Node 22.13 or later (23.4 in the 23 series).
 */
import { statfsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { createGroupCommit } from '../service/delivery/group-commit.ts'
import { createLedger, openSchema } from '../service/delivery/ledger.ts'
import { createLedgerOutbox } from '../service/delivery/ledger-outbox.ts'
import { type Outbox, OutboxError, type OutboxOptions } from '../service/delivery/outbox.ts'
import { createRunTimer } from '../service/delivery/run-timer.ts'
import type { DeliveryStore } from '../service/delivery/store.ts'
import { backgroundTimers } from '../service/delivery/timers.ts'
import { createNodeSql } from './node-sql.ts'
import { describeFileSystem, translateSqliteError } from './sqlite-errors.ts'
import { createFile, createLogShrinker, openLogSync } from './sqlite-file.ts'

/** How long SQLite waits for a lock, ms. It blocks the event loop meanwhile. */
const BUSY_TIMEOUT_MS = 200
/** The log is cut to this after it grew in a burst, bytes. */
const LOG_LIMIT_BYTES = 64 * 1024 * 1024
const FILE_NAME = 'outbox.sqlite'

export interface SqliteOutboxOptions extends OutboxOptions {
  /** The file; or name its `folder`. */
  file?: string
  /** Created when it is missing. @default `UPCALL_DATA`, else `./data` */
  folder?: string
  /** The most that the file may grow to, bytes; afterwards nothing is taken any more. @default as the disk allows */
  maxBytes?: number
}

/** @throws {OutboxError} `OUTBOX_UNSUPPORTED` */
async function loadSqlite(): Promise<typeof import('node:sqlite')> {
  try {
    return await import('node:sqlite')
  } catch (cause) {
    throw new OutboxError(
      'OUTBOX_UNSUPPORTED',
      `The outbox on SQLite needs Node 22.13 or later; this is ${process.version}. Update Node, or choose another outbox.`,
      { cause },
    )
  }
}

function configure(database: DatabaseSync, maxBytes: number | undefined): void {
  database.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`)
  // Before the first access: the lock is then held from the first access until the process ends.
  database.exec('PRAGMA locking_mode = EXCLUSIVE')
  database.exec('PRAGMA journal_mode = WAL')
  // The log is synced by openLogSync; log and file at each checkpoint by SQLite.
  database.exec('PRAGMA synchronous = NORMAL')
  database.exec(`PRAGMA journal_size_limit = ${LOG_LIMIT_BYTES}`)
  if (maxBytes === undefined) return
  const row = database.prepare('PRAGMA page_size').get()
  const pages = Math.max(1, Math.floor(maxBytes / Number(row?.page_size)))
  database.exec(`PRAGMA max_page_count = ${pages}`)
}

async function openDatabase(file: string, maxBytes: number | undefined) {
  const { DatabaseSync } = await loadSqlite()
  createFile(file)
  const database = new DatabaseSync(file, { open: false })
  try {
    database.open()
    configure(database, maxBytes)
    const sql = createNodeSql(database)
    openSchema(sql)
    return { database, sql, log: await openLogSync(file) }
  } catch (error) {
    try {
      database.close()
    } catch {
      // It was never open.
    }
    throw translateSqliteError(error, file)
  }
}

/**
 * Opens the outbox, or creates it, and starts to deliver what is due.
 *
 * @throws {OutboxError} `OUTBOX_UNSUPPORTED` on an older Node, `OUTBOX_VERSION` when a newer version wrote the file,
 * `OUTBOX_STORE` when it cannot be used or another process has it
 */
export async function createSqliteOutbox(options: SqliteOutboxOptions): Promise<Outbox> {
  const { now = () => new Date(), maxBytes } = options
  const folder = options.folder ?? process.env.UPCALL_DATA ?? './data'
  const file = resolve(options.file ?? join(folder, FILE_NAME))
  const { database, sql, log } = await openDatabase(file, maxBytes)

  /** The last failure to write, until something is written again. */
  let failure: string | undefined
  const shrinkLog = createLogShrinker(database)
  const ledger = createLedger(sql)
  const group = createGroupCommit(sql, ledger, {
    defer: setImmediate,
    sync: log.sync,
    translate(error) {
      const translated = translateSqliteError(error, file)
      if (translated instanceof OutboxError) failure = translated.message
      shrinkLog()
      return translated
    },
  })
  const runTimer = createRunTimer({
    run: (runOptions) => outbox.run(runOptions),
    now: () => now().getTime(),
    timers: backgroundTimers,
  })
  const store: DeliveryStore = {
    durable: true,
    async commit(work, commitOptions) {
      const result = await group.commit(work, commitOptions)
      failure = undefined
      return result
    },
    async view(work) {
      try {
        return work(ledger)
      } catch (error) {
        throw translateSqliteError(error, file)
      }
    },
    wakeAt: runTimer.wakeAt,
    problems: async () => [
      ...describeFileSystem(statfsSync(dirname(file)).type),
      ...(failure ? [failure] : []),
    ],
    async close() {
      runTimer.stop()
      await group.close()
      await log.close()
      database.close()
    },
  }
  const outbox = createLedgerOutbox({ ...options, store })
  runTimer.wakeAt(now().getTime())
  return outbox
}
