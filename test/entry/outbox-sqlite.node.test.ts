import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { DatabaseSync } from 'node:sqlite'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createSqliteOutbox, type SqliteOutboxOptions } from '../../src/entry/outbox-sqlite.ts'
import type { Outbox } from '../../src/service/delivery/outbox.ts'
import {
  buildReceipt,
  createApplication,
  describeOutbox,
  type OutboxEngine,
  until,
} from '../service/delivery/outbox-contract.ts'
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

type Child = ChildProcessByStdio<null, Readable, null>

const PROCESS_PATH = fileURLToPath(new URL('./outbox-process.ts', import.meta.url))

describe('the outbox on SQLite', () => {
  const deliver = async () => '{}'
  const hang = () => new Promise<string>(() => {})
  let folder = ''
  let outboxes: Outbox[] = []
  let children: Child[] = []

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'upcall-outbox-'))
  })
  afterEach(async () => {
    for (const outbox of outboxes) await outbox.close()
    for (const child of children) child.kill('SIGKILL')
    outboxes = []
    children = []
    chmodSync(folder, 0o755)
    rmSync(folder, { recursive: true })
  })

  async function open(options: Partial<SqliteOutboxOptions> = {}): Promise<Outbox> {
    const outbox = await createSqliteOutbox({ folder, deliver, closeMs: 0, ...options })
    outboxes.push(outbox)
    return outbox
  }

  /** Starts a process and returns it with its first line. */
  async function start(task: string, nodeOptions: string[] = []) {
    const args = [...nodeOptions, PROCESS_PATH, folder, task]
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
    children.push(child)
    const lines = createInterface(child.stdout)[Symbol.asyncIterator]()
    const first = await lines.next()
    return { child, lines, first: String(first.value) }
  }

  it('refuses a second process in words, and is free again when the first was killed', async () => {
    const { child, first } = await start('hold')
    expect(first).toBe('open')
    await expect(open()).rejects.toMatchObject({
      code: 'OUTBOX_STORE',
      message: expect.stringContaining('another process has it open'),
    })
    expect((await start('hold')).first).toMatch(/^OUTBOX_STORE .*another process has it open/)
    child.kill('SIGKILL')
    await once(child, 'exit')
    const outbox = await open()
    expect(await outbox.accept(buildReceipt('up-1'), 4000)).toMatchObject({ state: 'done' })
    // The refusal in this process must not free the lock that this process has.
    await expect(open()).rejects.toMatchObject({ code: 'OUTBOX_STORE' })
    expect((await start('hold')).first).toMatch(/^OUTBOX_STORE .*another process has it open/)
  })

  it('has every receipt that it acknowledged before it was killed', {
    timeout: 60_000,
  }, async () => {
    const acknowledged: string[] = []
    for (let round = 0; round < 3; round += 1) {
      const { child, lines } = await start('accept')
      const stopAt = performance.now() + 150
      while (performance.now() < stopAt) {
        const { value, done } = await lines.next()
        if (done) break
        acknowledged.push(...String(value).split(' '))
      }
      child.kill('SIGKILL')
      await once(child, 'exit')
      const application = createApplication()
      const outbox = await open({ deliver: application.deliver })
      expect(await outbox.missing(acknowledged)).toEqual([])
      await outbox.close()
    }
    expect(acknowledged.length).toBeGreaterThan(50)
  })

  it('takes nothing when there is no space left, says so, and goes on when there is', async () => {
    const outbox = await open({ maxBytes: 300_000, deliver: hang })
    const taken: string[] = []
    let refused: unknown
    for (let at = 0; at < 500 && !refused; at += 1) {
      const receipt = buildReceipt(`up-${at}`, { vars: { text: 'x'.repeat(4000) } })
      await outbox.accept(receipt, 0).then(
        () => taken.push(receipt.id),
        (error: unknown) => {
          refused = error
        },
      )
    }
    expect(refused).toMatchObject({
      code: 'OUTBOX_FULL',
      message: expect.stringContaining('no space left'),
    })
    const refusedId = `up-${taken.length}`
    expect(taken.length).toBeGreaterThan(10)
    expect(await outbox.read(refusedId)).toBeUndefined()
    expect(await outbox.missing([...taken, refusedId])).toEqual([refusedId])
    expect(await outbox.problems()).toContainEqual(expect.stringContaining('no space left'))
    await outbox.close()

    const larger = await open()
    expect(await larger.accept(buildReceipt(refusedId), 4000)).toMatchObject({ state: 'done' })
    expect(await larger.missing(taken)).toEqual([])
    expect(await larger.problems()).not.toContainEqual(expect.stringContaining('no space left'))
  })

  it('refuses a file of a newer version in words, and leaves it as it is', async () => {
    const outbox = await open()
    await outbox.close()
    const file = join(folder, 'outbox.sqlite')
    const database = new DatabaseSync(file)
    database.exec('UPDATE outbox_schema SET version = 99')
    database.close()
    await expect(open()).rejects.toMatchObject({
      code: 'OUTBOX_VERSION',
      message: expect.stringMatching(/version 99.*newer version/),
    })
    const again = new DatabaseSync(file)
    expect(again.prepare('SELECT version FROM outbox_schema').get()).toEqual({ version: 99 })
    again.close()
  })

  it('refuses a folder that it may not write to, in words', async () => {
    const { first } = await start('read-only')
    expect(first).toMatch(/^OUTBOX_STORE .*may not write there.*UPCALL_DATA/)
  })

  it('refuses what is no folder, no file or no outbox, in words', async () => {
    const file = join(folder, 'text.txt')
    writeFileSync(
      file,
      'This is no database, but long enough to be taken for a file of another program. '.repeat(20),
    )
    mkdirSync(join(folder, 'outbox.sqlite'))
    const refused: [Partial<SqliteOutboxOptions>, RegExp][] = [
      [{ folder: file }, /a file where a folder should be/],
      [{ folder: join(file, 'inner') }, /a file, not a folder/],
      [{ folder }, /or a folder for a file/],
      [{ file }, /another format/],
    ]
    for (const [options, words] of refused) {
      await expect(open(options)).rejects.toMatchObject({
        code: 'OUTBOX_STORE',
        message: expect.stringMatching(words),
      })
    }
  })

  it('names the Node that it needs where there is no node:sqlite', async () => {
    const { first } = await start('hold', ['--no-experimental-sqlite'])
    expect(first).toMatch(/^OUTBOX_UNSUPPORTED .*Node 22\.13 or later; this is v/)
  })

  it('creates its folder and a file that only this user may read', async () => {
    const inner = join(folder, '数据', 'outbox')
    const outbox = await open({ folder: inner })
    await outbox.accept(buildReceipt('up-1'), 0)
    expect(statSync(inner).mode & 0o777).toBe(0o700)
    for (const name of ['outbox.sqlite', 'outbox.sqlite-wal']) {
      expect(statSync(join(inner, name)).mode & 0o077, name).toBe(0)
    }
  })

  it('delivers what was due by a clock that was set back an hour', async () => {
    let time = Date.UTC(2026, 2, 1, 12)
    const now = () => new Date(time)
    const first = await open({ now, deliver: () => Promise.reject(new Error('down')) })
    for (const id of ['up-1', 'up-2', 'up-3']) await first.accept(buildReceipt(id), 0)
    await until(async () => (await first.stats()).due === 3, 'all are due')
    await first.close()
    time -= 3_600_000
    const application = createApplication()
    const second = await open({ now, deliver: application.deliver })
    await second.accept(buildReceipt('up-4'), 0)
    const advance = setInterval(() => {
      time += 50
    }, 5)
    await until(() => application.calls.length === 4, 'all are delivered')
    clearInterval(advance)
  })
})
