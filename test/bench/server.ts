/**
 * The servers under load, each in a process of its own: the service as `npm start` runs it (`service`); the same Hono and
 * Node server with one route that responds with a constant (`constant`); and what the service would be if it had nothing to
 * compute (`idle`): the same way in, the body read, a response of the same bytes; and the service that is called back by
 * an OSS that has every object (`callbacks`). Run by `startServer`, never by hand.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { serve } from '@hono/node-server'
import { Hono } from 'hono/tiny'
import { handleTogether } from '../../src/entry/handle-together.ts'
import { type BullmqOutboxOptions, createBullmqOutbox } from '../../src/entry/outbox-bullmq.ts'
import { createSqliteOutbox } from '../../src/entry/outbox-sqlite.ts'
import { createService } from '../../src/service/create-service.ts'
import { createMemoryOutbox } from '../../src/service/delivery/memory-outbox.ts'
import type { Outbox } from '../../src/service/delivery/outbox.ts'
import { createCallbackSettings } from './callbacks.ts'
import { startProfile, sumSteps } from './profile.ts'
import type { Profile } from './report.ts'
import {
  buildBody,
  createBenchSettings,
  createTokenMaker,
  nameProfile,
  type ServiceKind,
} from './settings.ts'

export type ServerKind =
  | { role: 'constant' | 'idle' }
  | ({ role: 'service' } & ServiceKind)
  | { role: 'callbacks'; store?: CallbackStore }

/** Where receipts are recorded: a folder for SQLite, or a server's URL. Without one: in memory. */
export type CallbackStore = { folder: string } | BullmqOutboxOptions['connection']

export interface RunningServer {
  port: number
  pid: number
  /** Asks for what the steps of a request cost in the time until the returned function is called. */
  profile(): Promise<() => Promise<Profile['shares']>>
  /** Bytes of heap and of resident memory after a garbage collection. */
  memory(): Promise<{ heap: number; rss: number }>
  stop(): Promise<void>
}

const ownPath = fileURLToPath(import.meta.url)

export async function startServer(kind: ServerKind): Promise<RunningServer> {
  const child: ChildProcess = fork(ownPath, [JSON.stringify(kind)], { execArgv: ['--expose-gc'] })
  const ask = async (message: string): Promise<unknown> => {
    const reply = once(child, 'message')
    child.send(message)
    return (await reply)[0]
  }
  const [port] = (await once(child, 'message')) as [number]
  return {
    port,
    pid: child.pid ?? 0,
    async profile() {
      await ask('profile')
      return async () => (await ask('stop')) as Profile['shares']
    },
    memory: async () => (await ask('memory')) as { heap: number; rss: number },
    async stop() {
      const exit = once(child, 'exit')
      child.disconnect()
      await exit
    },
  }
}

/** The response of the service, as it is. */
async function recordResponse(): Promise<{ body: string; headers: Record<string, string> }> {
  const service = createService(await createBenchSettings({ profiles: 1 }))
  const token = await (await createTokenMaker('HS256')).make('user-1')
  const response = await service.fetch(
    new Request('http://localhost/uploads', {
      method: 'POST',
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        origin: 'https://www.example.com',
      },
      body: buildBody(nameProfile(1)),
    }),
  )
  return { body: await response.text(), headers: Object.fromEntries(response.headers) }
}

async function openOutbox(store: CallbackStore | undefined): Promise<Outbox> {
  const deliver = async () => '{"ok":true}'
  if (!store) return createMemoryOutbox({ deliver })
  return 'folder' in store
    ? createSqliteOutbox({ ...store, deliver })
    : createBullmqOutbox({ deliver, connection: store })
}

async function createHandler(
  kind: ServerKind,
): Promise<(request: Request) => Response | Promise<Response>> {
  if (kind.role === 'service') {
    return handleTogether(createService(await createBenchSettings(kind)).fetch)
  }
  if (kind.role === 'callbacks') {
    const outbox = await openOutbox(kind.store)
    return handleTogether(createService({ ...createCallbackSettings(), outbox }).fetch)
  }
  const app = new Hono()
  if (kind.role === 'constant') {
    app.post('/uploads', (c) => c.json({ status: 'ok' }))
    return app.fetch
  }
  const { body, headers } = await recordResponse()
  app.post('/uploads', async (c) => {
    await c.req.arrayBuffer()
    return new Response(body, { status: 201, headers })
  })
  return handleTogether(async (request) => app.fetch(request))
}

async function run(kind: ServerKind): Promise<void> {
  const server = serve({ fetch: await createHandler(kind), hostname: '127.0.0.1', port: 0 }, () => {
    process.send?.((server.address() as AddressInfo).port)
  })
  let stopProfile: Awaited<ReturnType<typeof startProfile>> | undefined
  process.on('disconnect', () => process.exit())
  process.on('message', async (message) => {
    if (message === 'profile') {
      stopProfile = await startProfile()
      process.send?.('started')
    } else if (message === 'stop' && stopProfile) {
      process.send?.(sumSteps(await stopProfile()))
    } else if (message === 'memory') {
      globalThis.gc?.()
      const { heapUsed, rss } = process.memoryUsage()
      process.send?.({ heap: heapUsed, rss })
    }
  })
}

const [, startedAs, kind] = process.argv
if (startedAs === ownPath && kind) await run(JSON.parse(kind) as ServerKind)
