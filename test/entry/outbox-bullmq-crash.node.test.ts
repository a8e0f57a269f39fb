/** Nothing acknowledged is lost when a process of the service, or the store itself, is killed. */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { Redis } from 'ioredis'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type BullmqOutboxOptions, createBullmqOutbox } from '../../src/entry/outbox-bullmq.ts'
import type { Outbox } from '../../src/service/delivery/outbox.ts'
import { buildReceipt, createApplication, until } from '../service/delivery/outbox-contract.ts'
import { nameQueue } from '../support/bullmq-engine.ts'
import type { Note, Order, Setup } from '../support/bullmq-process.ts'
import { type PostgresServer, startPostgres } from '../support/postgres.ts'
import { type RedisServer, startRedis } from '../support/redis.ts'

const PROCESS = fileURLToPath(new URL('../support/bullmq-process.ts', import.meta.url))
const START_MS = 120_000
const LOCK_MS = 600
/** Of a process that is to be killed during its first attempts: so long that no attempt ends by itself before. */
const DOOMED_LOCK_MS = 10_000
/** Guards against hanging only: a store on a busy machine may need seconds for one operation. */
const STORE_MS = 20_000
/** In which two processes deliver a hundred receipts; a second on an idle machine. */
const SHARED_MS = 60_000

interface Store {
  connection: BullmqOutboxOptions['connection']
  server: RedisServer | PostgresServer
  /** As if the one job of this queue had been started so often. */
  setStarts(queue: string, starts: number): Promise<void>
}

const children: ChildProcess[] = []
const outboxes: Outbox[] = []

afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  await Promise.all(outboxes.splice(0).map((outbox) => outbox.close()))
})

async function startProcess(setup: Setup) {
  const child = fork(PROCESS, [JSON.stringify(setup)])
  children.push(child)
  const notes: Note[] = []
  child.on('message', (note: Note) => notes.push(note))
  await until(() => notes.some(({ note }) => note === 'ready'), 'the process is ready', 20_000)
  return {
    notes,
    calls: () => notes.filter((note) => note.note === 'called'),
    accepted: () => notes.filter((note) => note.note === 'accepted'),
    refused: () => notes.filter((note) => note.note === 'refused'),
    order: (order: Order) => void child.send(order),
    kill: async () => {
      const exited = once(child, 'exit')
      child.kill('SIGKILL')
      await exited
    },
    freeze: () => child.kill('SIGSTOP'),
    thaw: () => child.kill('SIGCONT'),
    hasExited: () => child.exitCode !== null || child.signalCode !== null,
  }
}

describe.each([
  {
    engine: 'Redis',
    start: async (): Promise<Store> => {
      const server = await startRedis()
      const setStarts = async (queue: string, starts: number): Promise<void> => {
        const client = new Redis(server.url)
        await client.hset(`{upcall}:${queue}:e-up-1`, 'ats', starts)
        client.disconnect()
      }
      return { server, connection: { redis: server.url }, setStarts }
    },
  },
  {
    engine: 'PostgreSQL',
    start: async (): Promise<Store> => {
      const server = await startPostgres()
      const setStarts = async (queue: string, starts: number): Promise<void> => {
        const client = new pg.Client({ connectionString: server.url })
        await client.connect()
        const set = 'UPDATE upcall.job SET attempts_started = $2 WHERE queue = $1'
        await client.query(set, [queue, starts])
        await client.end()
      }
      return { server, connection: { postgres: server.url }, setStarts }
    },
  },
])('killed, on $engine', ({ start }) => {
  let store: Store
  beforeAll(async () => {
    store = await start()
  }, START_MS)
  afterAll(() => store?.server.stop())

  async function open(
    options: Partial<BullmqOutboxOptions> & Pick<BullmqOutboxOptions, 'deliver'>,
  ) {
    const outbox = await createBullmqOutbox({
      connection: store.connection,
      lockMs: LOCK_MS,
      storeMs: STORE_MS,
      attemptMs: LOCK_MS / 2,
      retry: { baseMs: 20, capMs: 200, giveUpAfterMs: 60_000 },
      ...options,
    })
    outboxes.push(outbox)
    return outbox
  }

  it('two processes share the deliveries, each receipt is delivered once, and both read every response', async () => {
    const setup = {
      connection: store.connection,
      name: nameQueue(),
      lockMs: 20_000,
      storeMs: STORE_MS,
      applicationMs: 5,
    }
    const both = await Promise.all([startProcess(setup), startProcess(setup)])
    const [first, second] = both
    const count = 100
    for (let index = 0; index < count; index += 1) {
      const receipt = buildReceipt(`up-${index}`)
      for (const { order } of both) order({ order: 'accept', receipt, waitMs: SHARED_MS })
    }
    await until(
      () => both.every((one) => one.accepted().length + one.refused().length === count),
      'all responded',
      SHARED_MS + STORE_MS,
    )
    expect(both.flatMap((one) => one.refused())).toEqual([])
    const calls = both.flatMap(({ calls }) => calls())
    expect(calls).toHaveLength(count)
    expect(new Set(calls.map(({ eventId }) => eventId)).size).toBe(count)
    expect(both.map(({ calls }) => calls().length > 0)).toEqual([true, true])
    const byId = (notes: Note[]) =>
      notes
        .filter((note) => note.note === 'accepted')
        .map(({ id, state, response }) => `${id} ${state} ${response}`)
        .sort()
    expect(byId(first?.notes ?? [])).toEqual(byId(second?.notes ?? []))
    expect(byId(first?.notes ?? [])[0]).toContain('done {"by":')
  }, 120_000)

  it('another process takes over what a killed one had begun, after its lock ended', async () => {
    const name = nameQueue()
    const doomed = await startProcess({
      connection: store.connection,
      name,
      lockMs: DOOMED_LOCK_MS,
      storeMs: STORE_MS,
      applicationMs: -1,
    })
    for (let index = 0; index < 5; index += 1) {
      const receipt = buildReceipt(`up-${index}`)
      doomed.order({ order: 'accept', receipt, waitMs: DOOMED_LOCK_MS })
    }
    await until(() => doomed.calls().length === 5, 'all five are attempted')
    await doomed.kill()
    const application = createApplication()
    // Its own attempts must not end by themselves either.
    const patient = { lockMs: DOOMED_LOCK_MS, attemptMs: DOOMED_LOCK_MS / 2 }
    const outbox = await open({ deliver: application.deliver, name, ...patient })
    await until(() => application.calls.length >= 5, 'all five are delivered', 60_000)
    for (let index = 0; index < 5; index += 1) {
      expect(application.of(`up-${index}`)).toMatchObject([{ number: 2 }])
      await until(
        async () => (await outbox.read(`up-${index}`))?.state === 'done',
        'its response is recorded',
      )
    }
    expect(await outbox.stats()).toEqual({ due: 0, dead: 0 })
  }, 120_000)

  it('a process that was frozen for longer than its lock changes nothing any more', async () => {
    const name = nameQueue()
    const frozen = await startProcess({
      connection: store.connection,
      name,
      lockMs: LOCK_MS,
      applicationMs: 250,
    })
    frozen.order({ order: 'accept', receipt: buildReceipt('up-1'), waitMs: 10_000 })
    await until(() => frozen.calls().length === 1, 'the attempt began')
    frozen.freeze()
    const application = createApplication(() => '"of the second"')
    const outbox = await open({ deliver: application.deliver, name })
    await until(
      async () => (await outbox.read('up-1'))?.state === 'done',
      'it is delivered',
      20_000,
    )
    frozen.thaw()
    await until(() => frozen.accepted().length === 1, 'the caller gets its response', 20_000)
    const response = { state: 'done', response: '"of the second"' }
    expect(frozen.accepted()).toMatchObject([response])
    await new Promise((resolve) => setTimeout(resolve, LOCK_MS))
    expect(await outbox.read('up-1')).toEqual(response)
    expect(application.calls).toHaveLength(1)
    expect(await outbox.stats()).toEqual({ due: 0, dead: 0 })
  }, 60_000)

  it('delivers after a restart what was accepted before it', async () => {
    const name = nameQueue()
    const doomed = await startProcess({
      connection: store.connection,
      name,
      lockMs: LOCK_MS,
      applicationMs: -1,
    })
    for (let index = 0; index < 40; index += 1) {
      doomed.order({ order: 'accept', receipt: buildReceipt(`up-${index}`), waitMs: 0 })
    }
    await until(() => doomed.accepted().length === 40, 'all are recorded', 20_000)
    await doomed.kill()
    const application = createApplication()
    const outbox = await open({ deliver: application.deliver, name })
    await until(async () => (await outbox.stats()).due === 0, 'all are delivered', 30_000)
    expect(new Set(application.calls.map(({ eventId }) => eventId)).size).toBe(40)
    expect((await outbox.stats()).dead).toBe(0)
  }, 60_000)

  it('a receipt that ends its process each time comes back slowly, and is given up after the period of retries', async () => {
    const setup = {
      connection: store.connection,
      name: nameQueue(),
      lockMs: LOCK_MS,
      applicationMs: 0,
      deadlyKey: 'deadly',
    }
    const first = await startProcess(setup)
    first.order({ order: 'accept', receipt: buildReceipt('up-1', { key: 'deadly' }), waitMs: 0 })
    await until(() => first.hasExited(), 'the first process is gone')
    const second = await startProcess(setup)
    await until(() => second.hasExited(), 'the second process is gone', 20_000)
    expect(second.calls()).toEqual([{ note: 'called', eventId: 'up-1', number: 2 }])

    await store.setStarts(setup.name, 10)
    const application = createApplication()
    const short = { baseMs: 20, capMs: 200, giveUpAfterMs: 1 }
    const outbox = await open({ deliver: application.deliver, name: setup.name, retry: short })
    await until(async () => (await outbox.read('up-1'))?.state === 'dead', 'it is given up', 20_000)
    await until(() => application.of('up-1.dead').length === 1, 'the dead event is delivered')
    expect(application.of('up-1')).toEqual([])
    expect(await outbox.read('up-1')).toMatchObject({ attempts: 10 })
    expect(await outbox.replay('up-1')).toBe(true)
    await until(
      async () => (await outbox.read('up-1'))?.state === 'done',
      'it is delivered',
      20_000,
    )
    expect(application.of('up-1')).toMatchObject([{ number: 1 }])
  }, 90_000)

  it.each(['idle', 'busy'])(
    'a process, %s, ends after it closed though the store is gone',
    async (kind) => {
      const own = await start()
      try {
        const child = await startProcess({
          connection: own.connection,
          name: nameQueue(),
          lockMs: 20_000,
          applicationMs: -1,
        })
        if (kind === 'busy') {
          child.order({ order: 'accept', receipt: buildReceipt('up-1'), waitMs: 0 })
          await until(() => child.calls().length === 1, 'the attempt began')
        }
        await own.server.kill()
        child.order({ order: 'close' })
        await until(() => child.hasExited(), 'the process ended', 25_000)
      } finally {
        await own.server.stop()
      }
    },
    60_000,
  )

  it('loses nothing that was acknowledged when the store is killed again and again', async () => {
    const application = createApplication()
    const outbox = await open({ deliver: application.deliver, name: nameQueue(), storeMs: 1000 })
    const acknowledged: string[] = []
    let next = 0
    let isOver = false
    const callers = Array.from({ length: 8 }, async () => {
      while (!isOver) {
        const id = `up-${next}`
        next += 1
        try {
          await outbox.accept(buildReceipt(id), 0)
          acknowledged.push(id)
        } catch {
          // Not acknowledged: the caller would try again.
          await new Promise((resolve) => setTimeout(resolve, 20))
        }
      }
    })
    for (let kill = 0; kill < 3; kill += 1) {
      const before = acknowledged.length
      await until(() => acknowledged.length > before + 200, 'receipts are accepted', 30_000)
      await store.server.kill()
      await new Promise((resolve) => setTimeout(resolve, 100))
      await store.server.restart()
    }
    const before = acknowledged.length
    await until(() => acknowledged.length > before, 'receipts are accepted again', 30_000)
    isOver = true
    await Promise.all(callers)
    expect(await outbox.missing(acknowledged)).toEqual([])
    await until(async () => (await outbox.stats()).due === 0, 'all are delivered', 60_000)
    const delivered = new Set(application.calls.map(({ eventId }) => eventId))
    expect(acknowledged.filter((id) => !delivered.has(id))).toEqual([])
    expect((await outbox.stats()).dead).toBe(0)
  }, 180_000)
})
