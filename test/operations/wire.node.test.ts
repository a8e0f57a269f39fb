/** What earlier versions wrote is read by the code of today. Sessions and seals: test/signer with `tokens.json`. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createSqliteOutbox } from '../../src/entry/outbox-sqlite.ts'
import type { Receipt } from '../../src/signer/accept-callback.ts'
import {
  decryptObjectFacts,
  type FactsOwner,
  type ObjectFacts,
} from '../../src/signer/object-facts.ts'
import { createSecrets } from '../../src/signer/token.ts'

interface FactsVector {
  secret: string
  owner: FactsOwner
  facts: ObjectFacts
  value: string
}

describe('facts of an object, as version 1 wrote them', () => {
  const vectors: FactsVector[] = JSON.parse(readFileSync('test/vectors/object-facts.json', 'utf8'))

  it('are read', () => {
    expect(vectors.length).toBeGreaterThan(0)
    for (const { secret, owner, facts, value } of vectors) {
      expect(decryptObjectFacts(value, owner, createSecrets(secret))).toEqual(facts)
    }
  })

  it('of a version that is not known yet are left alone', () => {
    for (const { secret, owner, value } of vectors) {
      expect(decryptObjectFacts(`2${value.slice(1)}`, owner, createSecrets(secret))).toBe(undefined)
    }
  })
})

/** The recorded SQL, as a file. */
function createDatabase(change = (database: DatabaseSync): void => void database): string {
  const folder = mkdtempSync(join(tmpdir(), 'upcall-wire-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const database = new DatabaseSync(join(folder, 'outbox.sqlite'))
  database.exec(readFileSync('test/vectors/outbox-1.sql', 'utf8'))
  change(database)
  database.close()
  return folder
}

describe('an outbox, as version 1 wrote it', () => {
  it('is opened: what was delivered stays so, what is due is delivered', async () => {
    const delivered: Receipt[] = []
    const outbox = await createSqliteOutbox({
      folder: createDatabase((database) => void database.exec('UPDATE deliveries SET next_at = 0')),
      deliver: async (receipt) => {
        delivered.push(receipt)
        return '{"ok":2}'
      },
    })
    onTestFinished(() => outbox.close())
    expect(await outbox.read('upload-done')).toEqual({ state: 'done', response: '{"ok":true}' })
    await expect.poll(() => delivered.length).toBe(1)
    expect(delivered[0]).toMatchObject({
      id: 'upload-due',
      subject: 'user-42',
      name: '假日 🏖.png',
      at: new Date('2026-11-27T00:00:00.000Z'),
    })
    await expect
      .poll(() => outbox.read('upload-due'))
      .toEqual({ state: 'done', response: '{"ok":2}' })
  })

  it('of a newer version is refused, and says what to do', async () => {
    const folder = createDatabase(
      (database) => void database.exec('UPDATE outbox_schema SET version = 2'),
    )
    const opened = createSqliteOutbox({ folder, deliver: async () => '{}' })
    await expect(opened).rejects.toMatchObject({
      code: 'OUTBOX_VERSION',
      message: expect.stringMatching(
        /a newer version wrote it\. Start that version, or another outbox\./,
      ),
    })
  })
})
