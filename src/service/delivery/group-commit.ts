/**
 * Group commit: what arrives within one turn of the event loop is written in one transaction, because a transaction
 * costs one `fsync`, however much it holds.
 */
import type { Sql } from './ledger.ts'
import type { CommitOptions, Ledger } from './store.ts'

export interface GroupCommit {
  commit<T>(work: (ledger: Ledger) => T, options?: CommitOptions): Promise<T>
  /** Writes at once what waits. */
  flush(): void
}

export interface GroupCommitOptions {
  /** Calls back at the end of this turn of the event loop. */
  defer: (callback: () => void) => void
  /** Called before each transaction: whether it must survive a power cut. */
  setSync?: (sync: boolean) => void
  /** Turns the database's error into the one that callers get. @default unchanged */
  translate?: (error: unknown) => unknown
}

interface Job {
  sync: boolean
  /** Returns what to do once the transaction is durable. */
  run: (ledger: Ledger) => () => void
  fail: (error: unknown) => void
}

export function createGroupCommit(
  sql: Sql,
  ledger: Ledger,
  { defer, setSync = () => {}, translate = (error) => error }: GroupCommitOptions,
): GroupCommit {
  let jobs: Job[] = []

  function write(group: readonly Job[]): void {
    let succeed: (() => void)[]
    try {
      setSync(group.some(({ sync }) => sync))
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
    commit: (work, { sync = true } = {}) =>
      new Promise((resolve, reject) => {
        jobs.push({
          sync,
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
