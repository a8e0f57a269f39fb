/**
 * `node test/operations/record-wire.ts` records what this version writes, for later versions to read: the facts in the metadata
 * of an object, and an outbox on SQLite as SQL. To be run once when a format gets a new version, with a new file name.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { createSqliteOutbox } from '../../src/entry/outbox-sqlite.ts'
import type { Receipt } from '../../src/signer/accept-callback.ts'
import { encryptObjectFacts } from '../../src/signer/object-facts.ts'
import { createSecrets } from '../../src/signer/token.ts'

const SECRET = 'a recorded secret of at least 32 bytes'
const OWNER = {
  id: 'AAAAAAAAAAAAAAAAAAAAAA',
  issuer: 'https://login.example.com',
  deployment: 'default',
  bucket: 'examplebucket',
  key: 'files/user-42/AAAAAAAAAAAAAAAAAAAAAA',
}
const FACTS = {
  subject: 'user-42',
  profile: 'files',
  name: '假日 🏖.png',
  vars: { 'x-album': '夏天' },
  contentMd5: 'XUFAKrxLKna5cZ2REBfFkg==',
  crc64: '18446744073709551615',
}
const RECEIPT: Receipt = {
  ...OWNER,
  ...FACTS,
  size: 1000,
  type: 'image/png',
  etag: '5D41402ABC4B2A76B9719D911017C592',
  via: 'callback',
  at: new Date('2026-11-27T00:00:00.000Z'),
  unverified: {},
} as unknown as Receipt

const value = encryptObjectFacts({ ...OWNER, ...FACTS }, createSecrets(SECRET))
const source = 'recorded from this repository at version 1 of the format'
const vector = { name: 'all facts', source, secret: SECRET, owner: OWNER, facts: FACTS, value }
writeFileSync('test/vectors/object-facts.json', `${JSON.stringify([vector], undefined, 1)}\n`)

const folder = mkdtempSync(join(tmpdir(), 'upcall-record-'))
const outbox = await createSqliteOutbox({
  folder,
  deliver: async (receipt) => {
    if (receipt.id.endsWith('due')) throw new Error('later')
    return '{"ok":true}'
  },
})
for (const id of ['upload-done', 'upload-due']) await outbox.accept({ ...RECEIPT, id }, 2000)
await outbox.close()
const database = new DatabaseSync(join(folder, 'outbox.sqlite'))
const tables = database
  .prepare("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'")
  .all()
const quote = (field: unknown) =>
  typeof field === 'string' ? `'${field.replaceAll("'", "''")}'` : String(field)
const lines = [`-- ${source.replace('format', 'outbox')}`, ...tables.map(({ sql }) => `${sql};`)]
for (const { name, sql } of tables) {
  if (!String(sql).startsWith('CREATE TABLE')) continue
  for (const row of database.prepare(`SELECT * FROM ${name}`).all()) {
    const columns = Object.keys(row).join(', ')
    lines.push(
      `INSERT INTO ${name} (${columns}) VALUES (${Object.values(row).map(quote).join(', ')});`,
    )
  }
}
writeFileSync('test/vectors/outbox-1.sql', `${lines.join('\n')}\n`)
database.close()
rmSync(folder, { recursive: true, force: true })
