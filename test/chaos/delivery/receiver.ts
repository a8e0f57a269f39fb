/**
 * The application, as a process of its own: receives the webhooks, verifies them with `oss-upcall/webhook`, and keeps a
 * table with one row for each event. The row and the response are written in one transaction, as the kit advises.
 * It fails on purpose. `GET /table` tells what it knows.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { DatabaseSync } from 'node:sqlite'
import { buffer } from 'node:stream/consumers'
import { type UploadEvent, verifyWebhook, WebhookError } from '../../../src/webhook/index.ts'
import type { ReceiverRow, ReceiverTable } from './table.ts'

const SECRET = process.env.RECEIVER_SECRET ?? ''

/** Shares of all requests. */
const FAILED = 0.05
const CUT_AFTER_EFFECT = 0.02
const HANGING = 0.01

const database = new DatabaseSync(':memory:')
database.exec(`CREATE TABLE events (
  eventId TEXT PRIMARY KEY, uploadId TEXT NOT NULL, type TEXT NOT NULL, via TEXT NOT NULL,
  key TEXT NOT NULL, size INTEGER NOT NULL, response TEXT NOT NULL)`)
const find = database.prepare('SELECT response FROM events WHERE eventId = ?')
const insert = database.prepare('INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?)')
const list = database.prepare('SELECT eventId, uploadId, type, via, key, size FROM events')
const counts = { requests: 0, refused: 0, failed: 0, cut: 0, hanging: 0, duplicates: 0 }

/** The effect, once for each event; afterwards the response of the first time. */
function handleOnce(event: UploadEvent): string {
  const known = find.get(event.id)
  if (known) {
    counts.duplicates += 1
    return String(known.response)
  }
  const { id, via, key, size } = event.data
  const response = JSON.stringify({ document: id })
  insert.run(event.id, id, event.type, via, key, size, response)
  return response
}

async function receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await buffer(request)
  const event = verifyWebhook(request.headers, body, { secrets: [SECRET] })
  counts.requests += 1
  const dice = Math.random()
  if (dice < FAILED) {
    counts.failed += 1
    response.writeHead(500).end()
    return
  }
  if (dice < FAILED + HANGING) {
    // Half of them before the effect, half after it; the caller's time limit ends the request.
    counts.hanging += 1
    if (dice < FAILED + HANGING / 2) handleOnce(event)
    return
  }
  const text = handleOnce(event)
  if (dice > 1 - CUT_AFTER_EFFECT) {
    counts.cut += 1
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': text.length })
    response.write(text.slice(0, 5), () => response.destroy())
    return
  }
  response.writeHead(200, { 'content-type': 'application/json' }).end(text)
}

const server = createServer((request, response) => {
  if (request.url === '/table') {
    const table: ReceiverTable = { counts, rows: list.all() as unknown as ReceiverRow[] }
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(table))
    return
  }
  receive(request, response).catch((error: unknown) => {
    // A sender that was killed in the middle of its body is none that is refused.
    if (error instanceof WebhookError) counts.refused += 1
    response.writeHead(error instanceof WebhookError ? error.status : 400).end()
  })
})
// Its parent ended: so does it.
process.once('disconnect', () => process.exit(0))
server.listen(0, '127.0.0.1', () => {
  process.send?.({ port: (server.address() as AddressInfo).port })
})
