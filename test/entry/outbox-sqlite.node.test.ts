import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createSqliteOutbox } from '../../src/entry/outbox-sqlite.ts'
import type { Outbox } from '../../src/service/delivery/outbox.ts'
import { describeOutbox, type OutboxEngine } from '../service/delivery/outbox-contract.ts'
import { readHeapBytes } from '../support/heap.ts'

/** `OUTBOX_MANY=100000` for the full number. */
const many = Number(process.env.OUTBOX_MANY ?? 2000)

describeOutbox('SQLite', createEngine, { many })

async function createEngine(): Promise<OutboxEngine> {
  const folder = mkdtempSync(join(tmpdir(), 'upcall-outbox-'))
  const opened: Outbox[] = []
  return {
    instances: 'one',
    readHeapBytes,
    async open(options) {
      const outbox = await createSqliteOutbox({ ...options, folder })
      opened.push(outbox)
      return outbox
    },
    async dispose() {
      for (const outbox of opened) await outbox.close()
      rmSync(folder, { recursive: true })
    },
  }
}
