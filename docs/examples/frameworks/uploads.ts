/** The uploads of an application: its users, its rules, its database. The recipes beside this file mount it. */
import { DatabaseSync } from 'node:sqlite'
import { createDeliver, createService, type Receipt, readConfig, type Service } from 'oss-upcall'
import { readClientFiles } from 'oss-upcall/node'
import { createSqliteOutbox } from 'oss-upcall/outbox-sqlite'

async function open(): Promise<Service> {
  const database = new DatabaseSync('app.sqlite')
  database.exec(`CREATE TABLE IF NOT EXISTS sessions (id TEXT PRIMARY KEY, user TEXT);
    CREATE TABLE IF NOT EXISTS files (id TEXT PRIMARY KEY, user TEXT, key TEXT, name TEXT, size INTEGER)`)
  const findUser = database.prepare('SELECT user FROM sessions WHERE id = ?')
  const insertFile = database.prepare('INSERT OR IGNORE INTO files VALUES (?, ?, ?, ?, ?)')

  const own = {
    profiles: { file: { key: 'files/{sub}/{id}.{ext}', types: ['*'], maxSize: 100_000_000 } },
    authenticate(request: Request) {
      const cookies = request.headers.get('cookie') ?? ''
      const row = findUser.get(/(?:^|; )session=([\w-]+)/.exec(cookies)?.[1] ?? '')
      return row && { subject: String(row.user) }
    },
    // Once for each upload, with facts that were verified; what it returns is what the page gets.
    async onReceipt({ id, subject, key, name, size }: Receipt) {
      insertFile.run(id, subject, key, name, size)
      return { url: `/files/${id}`, name }
    },
  }
  const settings = { ...readConfig(process.env, { own }), assets: readClientFiles() }
  const outbox = await createSqliteOutbox({
    folder: settings.dataFolder,
    deliver: createDeliver(settings),
  })
  const service = createService({ ...settings, outbox })
  // Finds uploads whose callback was lost.
  setInterval(() => service.sweep().catch(console.error), 300_000).unref()
  return service
}

/** Bundlers may load this file several times in one process, development servers after each change: the service is one. */
const shared = globalThis as { uploads?: Promise<Service> | undefined }

/** Opened by the first request: builds load this file, too, without the variables. */
export const uploads = {
  async fetch(request: Request): Promise<Response> {
    shared.uploads ??= open().catch((error: unknown) => {
      shared.uploads = undefined // The next request tries again.
      throw error
    })
    return (await shared.uploads).fetch(request)
  },
}
