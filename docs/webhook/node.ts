/**
 * Receives webhooks with Node's own `http` and `node:sqlite`. The event id and the effect are written in one
 * transaction: however often an event arrives, on however many connections, the effect happens once.
 */
import { createServer, type Server } from 'node:http'
import { DatabaseSync } from 'node:sqlite'
import { createReceiver, type UploadEvent } from 'oss-upcall/webhook'

export function createReceiverServer(secrets: string[], databaseFile: string): Server {
  const database = new DatabaseSync(databaseFile)
  database.exec(`
    CREATE TABLE IF NOT EXISTS events (id TEXT PRIMARY KEY, response TEXT NOT NULL);
    CREATE TABLE IF NOT EXISTS files (id TEXT PRIMARY KEY, owner TEXT, object TEXT, name TEXT)`)
  const findEvent = database.prepare('SELECT response FROM events WHERE id = ?')
  const addEvent = database.prepare('INSERT INTO events VALUES (?, ?)')
  const addFile = database.prepare('INSERT INTO files VALUES (?, ?, ?, ?)')

  function handleEvent({ id, type, data }: UploadEvent): unknown {
    const earlier = findEvent.get(id)
    if (earlier) return JSON.parse(String(earlier.response))
    const response = { url: `/files/${data.id}` }
    // All of this is synchronous: nothing else of this process runs in between.
    database.exec('BEGIN IMMEDIATE')
    try {
      if (type === 'com.oss-upcall.upload.stored') {
        addFile.run(data.id, data.subject, data.key, data.name)
      }
      addEvent.run(id, JSON.stringify(response))
      database.exec('COMMIT')
    } catch (error) {
      database.exec('ROLLBACK')
      throw error
    }
    return response
  }

  const server = createServer(createReceiver({ secrets, onEvent: handleEvent }).node)
  server.on('close', () => database.close())
  return server
}
