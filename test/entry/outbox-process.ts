/**
 * A process with the outbox on SQLite, for tests that kill it: `outbox-process.ts FOLDER [accept|hold|read-only]`. Prints
 * a line per acknowledged receipt, or the refusal's code and message.
 */
import { chmodSync } from 'node:fs'
import { createSqliteOutbox } from '../../src/entry/outbox-sqlite.ts'
import { OutboxError } from '../../src/service/delivery/outbox.ts'
import type { Receipt } from '../../src/signer/accept-callback.ts'

const NOBODY = 65_534
const [folder = '', task = 'hold'] = process.argv.slice(2)

function buildReceipt(id: string): Receipt {
  const object = { bucket: 'b', key: `k/${id}`, name: '照片', size: 1, type: 'image/png' }
  const facts = { etag: 'E', crc64: '1', vars: {}, unverified: {} }
  const from = { subject: 'u', issuer: 'i', profile: 'p', via: 'callback', at: new Date() } as const
  return { id, ...object, ...facts, ...from }
}

/** Root may write everywhere. */
function becomeNobody(): void {
  chmodSync(folder, 0o555)
  process.setegid?.(NOBODY)
  process.seteuid?.(NOBODY)
}

try {
  if (task === 'read-only') becomeNobody()
  const outbox = await createSqliteOutbox({ folder, deliver: () => new Promise(() => {}) })
  console.log('open')
  for (let round = 0; task === 'accept'; round += 1) {
    const ids = Array.from({ length: 8 }, (_, at) => `up-${round}-${at}`)
    await Promise.all(ids.map((id) => outbox.accept(buildReceipt(id), 0)))
    console.log(ids.join(' '))
  }
  setInterval(() => {}, 1000)
} catch (error) {
  if (!(error instanceof OutboxError)) throw error
  console.log(`${error.code} ${error.message}`)
  process.exit(3)
}
