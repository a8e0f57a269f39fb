/** The receivers of `docs/webhook` in TypeScript, as they are there: on real sockets, fed by the service's own sender. */

import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { serve } from '@hono/node-server'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { createApp as createExpressApp } from '../../docs/webhook/express.ts'
import { createApp as createHonoApp } from '../../docs/webhook/hono.ts'
import { createReceiverServer } from '../../docs/webhook/node.ts'
import { createWebhook } from '../../src/service/delivery/webhook.ts'
import type { UploadReceipt } from '../../src/webhook/index.ts'
import { MAX_EVENT_BYTES, verifyWebhook } from '../../src/webhook/verify.ts'
import {
  createAttempt,
  FACTS,
  OTHER_SECRET,
  RECEIPT,
  SECRET,
  SOURCE,
  signRequest,
} from '../support/webhook-samples.ts'

async function listen(server: Server): Promise<string> {
  if (!server.listening) {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  }
  onTestFinished(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return `http://127.0.0.1:${address.port}/webhooks/uploads`
}

const deliverTo = (url: string, secret = SECRET, attempt = createAttempt()) =>
  createWebhook({ url, secrets: [secret], source: SOURCE })(RECEIPT, attempt)

type Save = (upload: UploadReceipt) => Promise<unknown>

const STARTS: [string, (save: Save) => Promise<string>][] = [
  ['express.ts', (save) => listen(createServer(createExpressApp([SECRET], save)))],
  [
    'hono.ts',
    (save) => {
      const { fetch } = createHonoApp([SECRET], save)
      return new Promise((resolve) => {
        const server = serve({ fetch, port: 0, hostname: '127.0.0.1' }, () =>
          resolve(listen(server as Server)),
        )
      })
    },
  ],
]

describe.each(STARTS)('docs/webhook/%s', (_, start) => {
  it('saves an upload and responds for the page', async () => {
    const saved: UploadReceipt[] = []
    const url = await start(async (upload) => {
      saved.push(upload)
      return { url: `/files/${upload.name}` }
    })
    expect(JSON.parse(await deliverTo(url))).toEqual({ url: `/files/${RECEIPT.name}` })
    expect(saved).toEqual([JSON.parse(JSON.stringify(RECEIPT))])
  })

  it('only reports what was replaced or given up', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
    const url = await start(() => Promise.reject(new Error('must not be saved')))
    for (const event of ['replaced', 'dead'] as const) {
      expect(JSON.parse(await deliverTo(url, SECRET, createAttempt({ event })))).toEqual(FACTS)
    }
    expect(warn.mock.calls.length).toBe(2)
    warn.mockRestore()
  })

  it('refuses what it cannot verify, and says 500 when saving fails', async () => {
    const report = vi.spyOn(console, 'error').mockImplementation(() => {})
    const url = await start(() => Promise.reject(new Error('PLANTED')))
    await expect(deliverTo(url, OTHER_SECRET)).rejects.toThrow('responded 401')
    await expect(deliverTo(url)).rejects.toThrow('responded 500')
    const { headers } = signRequest({ at: new Date() })
    const body = new Uint8Array(MAX_EVENT_BYTES + 1)
    const response = await fetch(url, { method: 'POST', headers, body })
    expect(response.status).toBe(413)
    expect(report).toHaveBeenCalledTimes(3)
    report.mockRestore()
  })
})

describe('docs/webhook/express.ts', () => {
  it('says what to do when a JSON parser comes before it', async () => {
    const { default: express } = await import('express')
    const report = vi.spyOn(console, 'error').mockImplementation(() => {})
    const app = express()
    app.use(express.json({ type: '*/*' }))
    app.use(createExpressApp([SECRET], async () => ({})))
    const url = await listen(createServer(app))
    const { headers, body } = signRequest({ at: new Date() })
    const response = await fetch(url, { method: 'POST', headers, body })
    expect([response.status, await response.text()]).toEqual([
      400,
      expect.stringMatching(/parsed already.*express\.raw/),
    ])
    report.mockRestore()
  })

  it('works behind express.raw, too', async () => {
    const { default: express } = await import('express')
    const app = express()
    app.use(express.raw({ type: '*/*' }))
    app.use(createExpressApp([SECRET], async () => ({ ok: true })))
    expect(await deliverTo(await listen(createServer(app)))).toBe('{"ok":true}')
  })
})

describe('docs/webhook/next.ts', () => {
  it('is a route handler', async () => {
    vi.stubEnv('UPCALL_WEBHOOK_SECRETS', `${OTHER_SECRET},${SECRET}`)
    const { POST } = await import('../../docs/webhook/next.ts')
    const { headers, body } = signRequest({ at: new Date() })
    const request = new Request('https://app.example.com/', { method: 'POST', headers, body })
    const response = await POST(request)
    expect([response.status, await response.json()]).toEqual([200, { url: `/files/${RECEIPT.id}` }])
    vi.unstubAllEnvs()
  })
})

describe('docs/webhook/node.ts', () => {
  it('has the effect once, however often and from how many connections', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'upcall-receiver-'))
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
    const file = join(folder, 'app.db')
    // Two servers on one database, as two instances of an application.
    const urls = [
      await listen(createReceiverServer([SECRET], file)),
      await listen(createReceiverServer([SECRET], file)),
    ]
    const deliveries = Array.from({ length: 40 }, (_, at) => deliverTo(urls[at % 2] ?? ''))
    expect(new Set(await Promise.all(deliveries))).toEqual(
      new Set([`{"url":"/files/${RECEIPT.id}"}`]),
    )
    const { DatabaseSync } = await import('node:sqlite')
    const database = new DatabaseSync(file)
    expect(database.prepare('SELECT owner, object, name FROM files').all()).toEqual([
      { owner: RECEIPT.subject, object: RECEIPT.key, name: RECEIPT.name },
    ])
    expect(database.prepare('SELECT count(*) AS n FROM events').get()).toEqual({ n: 1 })
    database.close()
  })
})

describe('docs/webhook/README.md', () => {
  const text = readFileSync('docs/webhook/README.md', 'utf8')

  it('names every error code with its status, and every file', () => {
    const source = readFileSync('src/webhook/errors.ts', 'utf8')
    const statuses = [...source.matchAll(/^ {2}(WEBHOOK_\w+): (\d+),/gm)]
    expect(statuses.length).toBe(8)
    for (const [, code, status] of statuses) expect(text).toContain(`| \`${code}\` | ${status} |`)
    const files = readdirSync('docs/webhook').filter((name) => name !== 'README.md')
    expect(files.filter((name) => !text.includes(`(${name})`))).toEqual([])
  })

  it('shows an event that the kit takes', () => {
    const [, json = ''] = /```json\n(.*?)```/s.exec(text) ?? []
    const { id } = JSON.parse(json)
    const { headers, body } = signRequest({ at: new Date(), id, text: json })
    expect(verifyWebhook(headers, body, { secrets: [SECRET] }).data.id).toBe(id)
  })
})
