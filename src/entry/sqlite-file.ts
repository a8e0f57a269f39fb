/** The outbox's file on disk: created for this user alone, and its log brought to disk. */
import { closeSync, fsyncSync, mkdirSync, openSync, statSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { OutboxError } from '../service/delivery/outbox.ts'
import { describeFileError } from './sqlite-errors.ts'

/** Between two tries to shrink the log, ms. */
const SHRINK_EVERY_MS = 1000

function syncFolder(folder: string): void {
  const descriptor = openSync(folder, 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

/** A new folder must survive a power cut, too: its name is written to its parent. */
function createFolder(folder: string): void {
  const first = mkdirSync(folder, { recursive: true, mode: 0o700 })
  if (first === undefined) return
  for (let path = folder; path.length >= first.length; path = dirname(path)) {
    syncFolder(dirname(path))
  }
}

/**
 * Creates an empty file unless there is one. A file that is there must not be opened here: closing it again would free
 * the lock that this process may have on it.
 *
 * @throws {OutboxError} `OUTBOX_STORE`
 * @see https://www.sqlite.org/howtocorrupt.html#_posix_advisory_locks_canceled_by_a_separate_thread_doing_close_
 */
export function createFile(file: string): void {
  const isThere = (error: unknown) =>
    error instanceof Error && 'code' in error && error.code === 'EEXIST' && isFile(file)
  try {
    createFolder(dirname(file))
    // Receipts name users and files: only this user may read them. SQLite gives its log the same mode.
    closeSync(openSync(file, 'wx', 0o600))
    syncFolder(dirname(file))
  } catch (error) {
    if (!isThere(error)) throw describeFileError(error, file)
  }
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true
}

export interface LogSync {
  /** Brings to disk whatever was written to the log before the call. */
  sync(): Promise<void>
  close(): Promise<void>
}

/**
 * SQLite only writes its log, and the `fsync` happens here, outside the event loop. After an error nobody knows what is
 * on disk, because the system may report it only once: from then on nothing counts as durable until the next start.
 *
 * @see https://www.sqlite.org/wal.html#performance_considerations
 */
export async function openLogSync(file: string): Promise<LogSync> {
  const log = await open(`${file}-wal`, 'r+')
  let failure: OutboxError | undefined
  return {
    async sync() {
      if (failure) throw failure
      try {
        await log.datasync()
      } catch (cause) {
        failure = new OutboxError(
          'OUTBOX_STORE',
          `The outbox ${file} could not be brought to disk. Nothing is taken until the service is started again; check the disk before.`,
          { cause },
        )
        throw failure
      }
    },
    close: () => log.close(),
  }
}

/**
 * On a full disk the log may hold the space that is missing: written to the file and cut, it frees some. Not more than
 * once in a second, because it blocks.
 */
export function createLogShrinker(database: DatabaseSync): () => void {
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
