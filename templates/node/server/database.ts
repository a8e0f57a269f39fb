/** The application's own database: one file of SQLite. Take yours instead. */
import { mkdirSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'

function open(): DatabaseSync {
  const folder = process.env.APP_DATA || 'data'
  mkdirSync(folder, { recursive: true })
  const database = new DatabaseSync(`${folder}/app.sqlite`)
  database.exec(`PRAGMA journal_mode = WAL; PRAGMA busy_timeout = 5000;
    CREATE TABLE IF NOT EXISTS sessions (id TEXT PRIMARY KEY, user TEXT NOT NULL, expires INTEGER NOT NULL);
    CREATE TABLE IF NOT EXISTS photos (id TEXT PRIMARY KEY, user TEXT NOT NULL, key TEXT NOT NULL,
      name TEXT NOT NULL, size INTEGER NOT NULL, at INTEGER NOT NULL);
    CREATE INDEX IF NOT EXISTS photos_of_user ON photos (user, at)`)
  return database
}

/** Development servers load this file anew after each change: the connection is one. */
const shared = globalThis as { database?: DatabaseSync }

/** Opened by the first request: builds load this file, too. */
export function getDatabase(): DatabaseSync {
  shared.database ??= open()
  return shared.database
}
