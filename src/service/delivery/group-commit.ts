/**
 * Group commit: what arrives within one turn of the event loop is written in one transaction, and all transactions that
 * are written while an `fsync` runs share the next one.
 */
import type { Sql } from './ledger.ts'
import type { CommitOptions, Ledger } from './store.ts'

export interface GroupCommit {
  commit<T>(work: (ledger: Ledger) => T, options?: CommitOptions): Promise<T>
  /** Writes what waits, and resolves when all of it is durable or has failed. */
  close(): Promise<void>
}

export interface GroupCommitOptions {
  /** Calls back at the end of this turn of the event loop. */
  defer: (callback: () => void) => void
  /** Brings to disk what was written before the call. */
  sync: () => Promise<void>
  /** Turns an error of the database or of `sync` into the one that callers get. @default unchanged */
  translate?: (error: unknown) => unknown
}

interface Job {
  needsSync: boolean
  /** Returns what to do once it is written, and durable if that is needed. */
  run: (ledger: Ledger) => () => void
  fail: (error: unknown) => void
}

interface WrittenJob {
  succeed: () => void
  fail: (error: unknown) => void
}

export function createGroupCommit(
  sql: Sql,
  ledger: Ledger,
  { defer, sync, translate = (error) => error }: GroupCommitOptions,
): GroupCommit {
  let jobs: Job[] = []
  /** Written, and not yet durable. */
  let unsynced: WrittenJob[] = []
  let syncing: Promise<void> | undefined

  async function syncAll(): Promise<void> {
    while (unsynced.length > 0) {
      const batch = unsynced
      unsynced = []
      try {
        await sync()
        for (const { succeed } of batch) succeed()
      } catch (error) {
        for (const { fail } of batch) fail(translate(error))
      }
    }
    syncing = undefined
  }

  function write(group: readonly Job[]): void {
    let written: (() => void)[]
    try {
      written = sql.transaction(() => group.map((job) => job.run(ledger)))
    } catch (error) {
      // Nothing of the group is written. Each on its own, so that none fails for another's sake.
      if (group.length > 1) for (const job of group) write([job])
      else group[0]?.fail(translate(error))
      return
    }
    for (const [at, succeed] of written.entries()) {
      const job = group[at]
      if (job?.needsSync) unsynced.push({ succeed, fail: job.fail })
      else succeed()
    }
  }

  function flush(): void {
    const group = jobs
    jobs = []
    if (group.length > 0) write(group)
    if (unsynced.length > 0) syncing ??= syncAll()
  }

  return {
    commit: (work, { sync: needsSync = true } = {}) =>
      new Promise((resolve, reject) => {
        jobs.push({
          needsSync,
          run(open) {
            const result = work(open)
            return () => resolve(result)
          },
          fail: reject,
        })
        if (jobs.length === 1) defer(flush)
      }),
    async close() {
      flush()
      await syncing
    },
  }
}
