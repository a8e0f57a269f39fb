/** A Worker for the test of the Cloudflare Queue: `/deliver` delivers the event in its body, `/rows` reads the tables. */

import {
  createQueueDeliver,
  type Queue,
} from '../../docs/examples/destinations/cloudflare-queue.ts'
import {
  consume,
  type Database,
  type Message,
  SCHEMA,
} from '../../docs/examples/destinations/cloudflare-queue-consumer.ts'
import { createAttempt, RECEIPT, SOURCE } from './webhook-samples.ts'

interface TestDatabase extends Database {
  prepare(sql: string): ReturnType<Database['prepare']> & {
    all(): Promise<{ results: Record<string, unknown>[] }>
  }
}

interface Env {
  UPLOADS: Queue
  DATABASE: TestDatabase
}

let arrived = 0

// biome-ignore lint/style/noDefaultExport: what workerd starts
export default {
  async fetch(request: Request, { UPLOADS, DATABASE }: Env): Promise<Response> {
    await DATABASE.batch(SCHEMA.map((sql) => DATABASE.prepare(sql)))
    if (new URL(request.url).pathname === '/deliver') {
      const { id, event } = (await request.json()) as { id: string; event: 'stored' | 'dead' }
      const deliver = createQueueDeliver(UPLOADS, { source: SOURCE })
      return new Response(await deliver({ ...RECEIPT, id }, createAttempt({ event, eventId: id })))
    }
    const [files, events] = await Promise.all(
      ['files', 'events'].map((table) =>
        DATABASE.prepare(`SELECT * FROM ${table} ORDER BY id`).all(),
      ),
    )
    return Response.json({ arrived, files: files?.results, events: events?.results })
  },

  async queue(batch: { messages: readonly Message[] }, { DATABASE }: Env): Promise<void> {
    arrived += batch.messages.length
    await consume(batch, DATABASE)
  },
}
