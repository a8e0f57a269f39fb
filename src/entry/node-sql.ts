/** `node:sqlite` behind the port of the ledger. */
import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { Sql } from '../service/delivery/ledger.ts'

/** Statements are prepared once and cached; the ledger has about twenty. */
export function createNodeSql(database: DatabaseSync): Sql {
  const statements = new Map<string, StatementSync>()

  function prepare(text: string): StatementSync {
    const known = statements.get(text)
    if (known) return known
    const statement = database.prepare(text)
    statements.set(text, statement)
    return statement
  }

  const run: Sql['run'] = (text, ...params) => void prepare(text).run(...params)

  return {
    all: (text, ...params) => prepare(text).all(...params),
    run,
    transaction(work) {
      run('BEGIN IMMEDIATE')
      try {
        const result = work()
        run('COMMIT')
        return result
      } catch (error) {
        try {
          run('ROLLBACK')
        } catch {
          // A full disk has rolled it back already.
        }
        throw error
      }
    },
  }
}
