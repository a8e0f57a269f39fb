import { DatabaseSync } from 'node:sqlite'
import { describe, expect, it } from 'vitest'
import { createNodeSql } from '../../../src/entry/node-sql.ts'
import { createLedger, openSchema } from '../../../src/service/delivery/ledger.ts'
import { describeLedger } from './ledger-contract.ts'

function open() {
  const database = new DatabaseSync(':memory:')
  const sql = createNodeSql(database)
  openSchema(sql)
  return { database, sql }
}

describeLedger('SQL', () => createLedger(open().sql))

describe('the schema', () => {
  it('is created once and opened again as it is', () => {
    const { sql } = open()
    sql.run(`INSERT INTO deliveries (event_id, upload_id, event, facts, receipt, state, attempts,
      recorded_at, since, changed_at, next_at) VALUES ('a', 'a', 'stored', '', '{}', 'due', 0, 0, 0, 0, 0)`)
    openSchema(sql)
    expect(createLedger(sql).count().due).toBe(1)
    expect(sql.all('SELECT version FROM outbox_schema')).toEqual([{ version: 1 }])
  })

  it('is refused when a newer version wrote it', () => {
    const { sql } = open()
    sql.run('UPDATE outbox_schema SET version = 2')
    expect(() => openSchema(sql)).toThrow(expect.objectContaining({ code: 'OUTBOX_VERSION' }))
  })

  it('leaves nothing behind when creating it fails in the middle', () => {
    const sql = createNodeSql(new DatabaseSync(':memory:'))
    const failing = {
      ...sql,
      run(text: string, ...params: (string | number | null)[]) {
        if (text.includes('deliveries_dead')) throw new Error('disk full')
        sql.run(text, ...params)
      },
    }
    expect(() => openSchema(failing)).toThrow('disk full')
    expect(sql.all('SELECT name FROM sqlite_schema')).toEqual([])
    openSchema(sql)
  })

  it.each([
    ['what is due', `SELECT min(next_at) FROM deliveries WHERE state = 'due'`, 'deliveries_due'],
    [
      'a claim',
      `SELECT event_id FROM deliveries WHERE state = 'due' AND next_at <= 1 ORDER BY next_at, position LIMIT 9`,
      'deliveries_due',
    ],
    [
      'counts',
      `SELECT count(*), min(recorded_at) FROM deliveries WHERE state = 'due'`,
      'COVERING INDEX deliveries_due',
    ],
    [
      'the oldest',
      `SELECT min(changed_at) FROM deliveries WHERE state = 'done'`,
      'deliveries_done',
    ],
    [
      'the dead',
      `SELECT event_id FROM deliveries WHERE state = 'dead' AND position > 1 ORDER BY position LIMIT 9`,
      'deliveries_dead',
    ],
  ])('finds %s by an index and sorts nothing', (_, text, index) => {
    const plan = open().sql.all(`EXPLAIN QUERY PLAN ${text}`)
    const details = plan.map(({ detail }) => String(detail)).join('; ')
    expect(details).toContain(index)
    expect(details).not.toContain('TEMP B-TREE')
  })
})
