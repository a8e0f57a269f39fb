/**
 * The outbox in one SQLite file: durable on one machine, without a server. One process has the file; its lock is the
 * operating system's, so that it is free again however that process ended.
 *
 * Needs `node:sqlite`: Node 22.13 or later (23.4 in the 23 series).
 */
import { closeSync, fsyncSync, mkdirSync, openSync, statfsSync } from 'node:fs'
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
import { describeFileError, describeFileSystem, translateSqliteError } from './sqlite-errors.ts'

/** How long SQLite waits for a lock, ms. It blocks the event loop meanwhile. */
const BUSY_TIMEOUT_MS = 200
/** The log is cut to this after it grew in a burst, bytes. */
const LOG_LIMIT_BYTES = 64 * 1024 * 1024
const SHRINK_EVERY_MS = 1000
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

/** A new folder must survive a power cut, too: its name is written to its parent. */
function createFolder(folder: string): void {
  const first = mkdirSync(folder, { recursive: true, mode: 0o700 })
  if (first === undefined) return
  for (let path = folder; path.length >= first.length; path = dirname(path)) {
    const parent = openSync(dirname(path), 'r')
    fsyncSync(parent)
    closeSync(parent)
  }
}

/** @throws {OutboxError} `OUTBOX_STORE` */
function createFile(file: string): void {
  try {
    createFolder(dirname(file))
    // Receipts name users and files: only this user may read them. SQLite gives its log the same mode.
    closeSync(openSync(file, 'a', 0o600))
  } catch (error) {
    throw describeFileError(error, file)
  }
}

function configure(database: DatabaseSync, maxBytes: number | undefined): void {
  database.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`)
  // Before the first access: the lock is then kept from the first access until the process ends.
  database.exec('PRAGMA locking_mode = EXCLUSIVE')
  database.exec('PRAGMA journal_mode = WAL')
  database.exec(`PRAGMA journal_size_limit = ${LOG_LIMIT_BYTES}`)
  if (maxBytes === undefined) return
  const row = database.prepare('PRAGMA page_size').get()
  const pages = Math.max(1, Math.floor(maxBytes / Number(row?.page_size)))
  database.exec(`PRAGMA max_page_count = ${pages}`)
}

/**
 * `FULL`: a transaction is on disk when it returns. `NORMAL`: it is with the operating system, which a crash of this
 * process does not touch; the next full one brings it to disk, too.
 */
function createSyncSwitch(database: DatabaseSync): (sync: boolean) => void {
  let isFull: boolean | undefined
  return (sync) => {
    if (sync === isFull) return
    database.exec(`PRAGMA synchronous = ${sync ? 'FULL' : 'NORMAL'}`)
    isFull = sync
  }
}

/**
 * On a full disk the log may hold the space that is missing: written to the file and cut, it frees some. Not more than
 * once in a second, because it blocks.
 */
function createLogShrinker(database: DatabaseSync): () => void {
  let triedAt = Number.NEGATIVE_INFINITY
  return () => {
    if (performance.now() - triedAt < SHRINK_EVERY_MS) return
    triedAt = performance.now()
    try {
      database.exec('PRAGMA wal_checkpoint(TRUNCATE)')
    } catch {
      // No space for that, either. The caller has its error already.
    }
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
  const { DatabaseSync } = await loadSqlite()
  createFile(file)
  const translate = (error: unknown) => translateSqliteError(error, file)
  const database = new DatabaseSync(file, { open: false })
  const sql = createNodeSql(database)
  const setSync = createSyncSwitch(database)
  try {
    database.open()
    configure(database, maxBytes)
    setSync(true)
    openSchema(sql)
  } catch (error) {
    try {
      database.close()
    } catch {
      // It was never open.
    }
    throw translate(error)
  }

  /** The last failure to write, until something is written again. */
  let failure: string | undefined
  const shrinkLog = createLogShrinker(database)
  const ledger = createLedger(sql)
  const group = createGroupCommit(sql, ledger, {
    defer: setImmediate,
    setSync,
    translate(error) {
      const translated = translate(error)
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
        throw translate(error)
      }
    },
    wakeAt: runTimer.wakeAt,
    problems: async () => [
      ...describeFileSystem(statfsSync(dirname(file)).type),
      ...(failure ? [failure] : []),
    ],
    async close() {
      runTimer.stop()
      group.flush()
      database.close()
    },
  }
  const outbox = createLedgerOutbox({ ...options, store })
  runTimer.wakeAt(now().getTime())
  return outbox
}
