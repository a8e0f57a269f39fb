/** Producer and consumer of `docs/examples/destinations` in workerd, with a real queue and a real database. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestHarness } from 'wrangler'
import { FACTS, RECEIPT } from '../support/webhook-samples.ts'

const START_MS = 60_000

const server = createTestHarness({
  workers: [
    {
      config: {
        name: 'queue-example',
        main: 'test/support/queue.worker.ts',
        compatibility_date: '2026-10-01',
        compatibility_flags: ['nodejs_compat'],
        queues: {
          producers: [{ queue: 'uploads', binding: 'UPLOADS' }],
          consumers: [{ queue: 'uploads', max_batch_timeout: 0, max_retries: 3 }],
        },
        d1_databases: [{ binding: 'DATABASE', database_name: 'app', database_id: 'app' }],
      },
    },
  ],
})
beforeAll(() => server.listen(), START_MS)
afterAll(() => server.close())

async function deliver(id: string, event = 'stored'): Promise<unknown> {
  const body = JSON.stringify({ id, event })
  const response = await server.fetch('/deliver', { method: 'POST', body })
  return response.json()
}

async function readRows() {
  const response = await server.fetch('/rows')
  return (await response.json()) as { arrived: number; files: { id: string }[]; events: unknown[] }
}

describe('docs/examples/destinations/cloudflare-queue*.ts', { timeout: START_MS }, () => {
  it('brings each event into the database once, however often it was sent', async () => {
    const ids = ['a', 'b', 'c']
    for (const id of [...ids, ...ids, 'a']) expect(await deliver(id)).toEqual({ ...FACTS, id })
    await expect.poll(async () => (await readRows()).arrived, { timeout: 20_000 }).toBe(7)
    await expect.poll(async () => (await readRows()).events.length).toBe(3)
    const { files } = await readRows()
    expect(files).toEqual(
      ids.map((id) => ({ id, owner: RECEIPT.subject, object: RECEIPT.key, name: RECEIPT.name })),
    )
  })

  it('notes an event that is not an upload without its effect', async () => {
    await deliver('d', 'dead')
    await expect.poll(async () => (await readRows()).events.length, { timeout: 20_000 }).toBe(4)
    expect((await readRows()).files.map(({ id }) => id)).not.toContain('d')
  })
})
