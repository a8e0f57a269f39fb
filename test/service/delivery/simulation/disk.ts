/**
 * The disk under the database: what a transaction wrote survives the end of the process, and a power cut only if it was
 * synced. All that is not synced is one open transaction of SQLite; a transaction of the service is a savepoint in it.
 */
import { DatabaseSync } from 'node:sqlite'
import { createNodeSql } from '../../../../src/entry/node-sql.ts'
import { openSchema, type Sql } from '../../../../src/service/delivery/ledger.ts'

export interface SimulatedDisk {
  sql: Sql
  sync(): void
  /** Everything since the last sync is lost. Not inside a transaction. */
  cutPower(): void
  close(): void
}

export function createSimulatedDisk(): SimulatedDisk {
  const database = new DatabaseSync(':memory:')
  const { all, run } = createNodeSql(database)
  const sql: Sql = {
    all,
    run,
    transaction(work) {
      run('SAVEPOINT service')
      try {
        const result = work()
        run('RELEASE service')
        return result
      } catch (error) {
        run('ROLLBACK TO service')
        run('RELEASE service')
        throw error
      }
    },
  }
  openSchema(sql)
  run('BEGIN')
  return {
    sql,
    sync() {
      run('COMMIT')
      run('BEGIN')
    },
    cutPower() {
      run('ROLLBACK')
      run('BEGIN')
    },
    close: () => database.close(),
  }
}
