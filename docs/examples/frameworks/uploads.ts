/** The uploads of an application: its users, its rules, its database. The recipes beside this file mount it. */
import { DatabaseSync } from 'node:sqlite'
import { createDeliver, createService, type Receipt, type Service } from 'oss-upcall'
import { readClientFiles } from 'oss-upcall/node'
import { createSqliteOutbox } from 'oss-upcall/outbox-sqlite'

const TABLES = `
CREATE TABLE IF NOT EXISTS sessions (id TEXT PRIMARY KEY, user TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS files (id TEXT PRIMARY KEY, user TEXT, key TEXT, name TEXT, size INTEGER);`

function read(name: string): string {
  const value = process.env[name]
  if (!value) throw new Error(`The variable ${name} is missing.`)
  return value
}

async function open(): Promise<Service> {
  const database = new DatabaseSync(read('DATABASE'))
  database.exec(TABLES)
  const findUser = database.prepare('SELECT user FROM sessions WHERE id = ?')
  const insertFile = database.prepare('INSERT OR IGNORE INTO files VALUES (?, ?, ?, ?, ?)')
  const callbackKeys = process.env.UPCALL_CALLBACK_KEYS // Of a local OSS; the real one needs none.

  const settings = {
    bucket: read('OSS_BUCKET'),
    region: read('OSS_REGION'),
    endpoint: process.env.OSS_ENDPOINT,
    credentials: {
      accessKeyId: read('OSS_ACCESS_KEY_ID'),
      accessKeySecret: read('OSS_ACCESS_KEY_SECRET'),
    },
    secret: read('UPCALL_SECRET'),
    publicUrl: read('UPCALL_PUBLIC_URL'), // E.g. https://www.example.com/api/files
    callbackKeys: callbackKeys === undefined ? undefined : JSON.parse(callbackKeys),
    profiles: { file: { key: 'files/{sub}/{id}.{ext}', types: ['*'], maxSize: 100_000_000 } },
    assets: readClientFiles(), // For pages without a bundler: /api/files/client.js
    authenticate(request: Request) {
      const cookies = request.headers.get('cookie') ?? ''
      const row = findUser.get(/(?:^|; )session=([\w-]+)/.exec(cookies)?.[1] ?? '')
      return row && { subject: String(row.user) }
    },
    async onReceipt({ id, subject, key, name, size }: Receipt) {
      insertFile.run(id, subject, key, name, size)
      return { url: `/files/${id}`, name }
    },
  }
  const outbox = await createSqliteOutbox({ folder: 'data', deliver: createDeliver(settings) })
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
