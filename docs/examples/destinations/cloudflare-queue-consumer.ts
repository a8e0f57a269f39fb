/**
 * Takes events out of a Cloudflare Queue into D1. A queue delivers at least once: the event's id is a primary key, and it
 * is inserted in one transaction with the effect. In `wrangler.toml`:
 *
 *     [[queues.consumers]]
 *     queue = "uploads"
 *     max_retries = 100
 *     dead_letter_queue = "uploads-dead"
 *
 *     [[d1_databases]]
 *     binding = "DATABASE"
 *     database_name = "app"
 *     database_id = "…"
 *
 * and in the Worker `queue: (batch, env) => consume(batch, env.DATABASE)`.
 */
import type { UploadEvent } from 'oss-upcall/webhook'

/** What is used of the bindings. */
export interface Message {
  readonly body: unknown
  ack(): void
  retry(options?: { delaySeconds: number }): void
}

export interface Statement {
  bind(...values: unknown[]): Statement
}

export interface Database {
  prepare(sql: string): Statement
  /** One transaction. */
  batch(statements: Statement[]): Promise<unknown>
}

export const SCHEMA = [
  'CREATE TABLE IF NOT EXISTS events (id TEXT PRIMARY KEY)',
  'CREATE TABLE IF NOT EXISTS files (id TEXT PRIMARY KEY, owner TEXT, object TEXT, name TEXT)',
]

/** The effect, unless the event is known; then the event's id. Both or neither. */
function listStatements(database: Database, { id, type, data }: UploadEvent): Statement[] {
  const addFile = database
    .prepare(
      'INSERT INTO files SELECT ?, ?, ?, ? WHERE NOT EXISTS (SELECT 1 FROM events WHERE id = ?)',
    )
    .bind(data.id, data.subject, data.key, data.name, id)
  const addEvent = database.prepare('INSERT INTO events VALUES (?) ON CONFLICT DO NOTHING').bind(id)
  return type === 'com.oss-upcall.upload.stored' ? [addFile, addEvent] : [addEvent]
}

export async function consume(batch: { messages: readonly Message[] }, database: Database) {
  for (const message of batch.messages) {
    try {
      const event = JSON.parse(String(message.body)) as UploadEvent
      await database.batch(listStatements(database, event))
      message.ack()
    } catch (error) {
      console.error(error)
      // Of this one message alone; the others are not delivered again.
      message.retry({ delaySeconds: 10 })
    }
  }
}
