/**
 * Group commit: what arrives within one turn of the event loop is written in one transaction, because a transaction
 * costs one `fsync`, however much it holds.
 */
import type { Sql } from './ledger.ts'
import type { Ledger } from './store.ts'

export interface GroupCommit {
  commit<T>(work: (ledger: Ledger) => T): Promise<T>
  /** Writes at once what waits. */
  flush(): void
}

export interface GroupCommitOptions {
  /** Calls back at the end of this turn of the event loop. */
  defer: (callback: () => void) => void
  /** Turns the database's error into the one that callers get. @default unchanged */
  translate?: (error: unknown) => unknown
}

interface Job {
  /** Returns what to do once the transaction is durable. */
  run: (ledger: Ledger) => () => void
  fail: (error: unknown) => void
}

export function createGroupCommit(
  sql: Sql,
  ledger: Ledger,
  { defer, translate = (error) => error }: GroupCommitOptions,
): GroupCommit {
  let jobs: Job[] = []

  function write(group: readonly Job[]): void {
    let succeed: (() => void)[]
    try {
      succeed = sql.transaction(() => group.map((job) => job.run(ledger)))
    } catch (error) {
      // Nothing of the group is written. Each on its own, so that none fails for another's sake.
      if (group.length > 1) for (const job of group) write([job])
      else group[0]?.fail(translate(error))
      return
    }
    for (const resolve of succeed) resolve()
  }

  function flush(): void {
    const group = jobs
    jobs = []
    if (group.length > 0) write(group)
  }

  return {
    commit: (work) =>
      new Promise((resolve, reject) => {
        jobs.push({
          run(open) {
            const result = work(open)
            return () => resolve(result)
          },
          fail: reject,
        })
        if (jobs.length === 1) defer(flush)
      }),
    flush,
  }
}
