import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createSqliteOutbox } from '../../src/entry/outbox-sqlite.ts'
import type { Outbox } from '../../src/service/delivery/outbox.ts'
import { describeOutbox } from '../service/delivery/outbox-contract.ts'

describeOutbox('SQLite', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'upcall-outbox-'))
  const opened: Outbox[] = []
  return {
    instances: 'one',
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
})
