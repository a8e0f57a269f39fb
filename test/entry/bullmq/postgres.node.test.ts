/** A PostgreSQL that would lose receipts is refused with words; texts that `jsonb` does not take come back as they were. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import pg from 'pg'
import { afterEach, describe, expect, it } from 'vitest'
import { type BullmqOutboxOptions, createBullmqOutbox } from '../../../src/entry/outbox-bullmq.ts'
import type { Outbox } from '../../../src/service/delivery/outbox.ts'
import { buildReceipt, createApplication, until } from '../../service/delivery/outbox-contract.ts'
import { nameQueue } from '../../support/bullmq-engine.ts'
import { type PostgresServer, startPostgres } from '../../support/postgres.ts'

const TEST_MS = 120_000

const servers: PostgresServer[] = []
const outboxes: Outbox[] = []

afterEach(async () => {
  await Promise.all(outboxes.splice(0).map((outbox) => outbox.close()))
  await Promise.all(servers.splice(0).map((server) => server.stop()))
})

async function start(settings?: Readonly<Record<string, string>>): Promise<PostgresServer> {
  const server = await startPostgres(settings)
  servers.push(server)
  return server
}

async function open(url: string, options: Partial<BullmqOutboxOptions> = {}): Promise<Outbox> {
  const { deliver } = createApplication()
  const name = nameQueue()
  const connection = { postgres: url }
  const outbox = await createBullmqOutbox({ connection, deliver, name, ...options })
  outboxes.push(outbox)
  return outbox
}

describe('settings of PostgreSQL', () => {
  it.each([
    ['fsync', 'PostgreSQL has fsync off'],
    ['synchronous_commit', 'PostgreSQL has synchronous_commit off'],
  ])(
    'refuses %s off',
    async (name, words) => {
      const { url } = await start({ [name]: 'off' })
      await expect(open(url, { assumeDurable: true })).rejects.toMatchObject({
        code: 'OUTBOX_STORE',
        message: expect.stringContaining(words),
      })
    },
    TEST_MS,
  )

  it(
    'lists full_page_writes off, and nothing by default',
    async () => {
      const { url } = await start({ full_page_writes: 'off' })
      expect(await (await open(url)).problems()).toEqual([
        'PostgreSQL has full_page_writes off: a crash may damage the store.',
      ])
      const plain = await start()
      expect(await (await open(plain.url)).problems()).toEqual([])
    },
    TEST_MS,
  )
})

describe('the store in PostgreSQL', () => {
  it(
    'is created by two processes that start at once, and found by later ones',
    async () => {
      const { url } = await start()
      const name = nameQueue()
      const both = await Promise.all([open(url, { name }), open(url, { name })])
      await both[0]?.accept(buildReceipt('up-1'), 4000)
      expect(await both[1]?.read('up-1')).toMatchObject({ state: 'done' })
      expect(await (await open(url, { name })).read('up-1')).toMatchObject({ state: 'done' })
    },
    TEST_MS,
  )

  it(
    'of a newer version is refused',
    async () => {
      const { url } = await start()
      await (await open(url)).close()
      const client = new pg.Client({ connectionString: url })
      await client.connect()
      await client.query('UPDATE upcall.migration SET min_client_version = 99')
      await client.end()
      await expect(open(url)).rejects.toMatchObject({ code: 'OUTBOX_VERSION' })
    },
    TEST_MS,
  )

  it(
    'returns each receipt and each response as it was given',
    async () => {
      const { url } = await start()
      const odd = {
        name: '海边\u0000\u0001 \ud800 "\\u0000"',
        vars: { z: '1', a: '\u2028', 照片: '🙂' },
        size: 0,
      }
      const response = '{"b":"\\u0000","a":"🙂\\ud800","a":2, "n": 1e2}'
      const application = createApplication(() => response)
      const outbox = await open(url, { deliver: application.deliver })
      const receipt = buildReceipt('up-1', odd)
      expect(await outbox.accept(receipt, 4000)).toEqual({ state: 'done', response })
      expect(application.calls[0]?.receipt).toEqual(receipt)
      expect(Object.keys(application.calls[0]?.receipt.vars ?? {})).toEqual(Object.keys(odd.vars))
      expect(await outbox.read('up-1')).toEqual({ state: 'done', response })
    },
    TEST_MS,
  )

  it(
    'that does not respond is an error at start, without the password',
    async () => {
      const urls = ['postgres://user:SECRET@127.0.0.1:1/db', 'mysql://user:SECRET@127.0.0.1/db']
      for (const url of urls) {
        const error: unknown = await open(url).catch((reason: unknown) => reason)
        expect(error).toMatchObject({ code: 'OUTBOX_STORE' })
        expect(String(error)).not.toContain('SECRET')
      }
    },
    TEST_MS,
  )

  it(
    'killed during an attempt: the response is recorded when it is back',
    async () => {
      const server = await start()
      let isKilled = () => {}
      const killed = new Promise<void>((resolve) => {
        isKilled = resolve
      })
      const application = createApplication(() => killed)
      const outbox = await open(server.url, {
        deliver: application.deliver,
        storeMs: 500,
        attemptMs: 1400,
        lockMs: 1500,
      })
      const accepting = outbox.accept(buildReceipt('up-1'), 4000)
      await until(() => application.calls.length === 1, 'the attempt began')
      await server.kill()
      isKilled()
      await server.restart()
      await until(
        async () => (await outbox.read('up-1').catch(() => undefined))?.state === 'done',
        'the response is recorded',
        60_000,
      )
      expect(await accepting).toMatchObject({ state: expect.stringMatching(/^(due|done)$/) })
      expect(application.calls).toHaveLength(1)
      // Just after its start the store may take longer than it is waited for: OSS calls again.
      await until(
        async () =>
          (await outbox.accept(buildReceipt('up-2'), 4000).catch(() => undefined))?.state ===
          'done',
        'the next one is recorded',
        60_000,
      )
    },
    TEST_MS,
  )

  it(
    'killed while it records a response: the application is not called again',
    async () => {
      const server = await start()
      let respond = () => {}
      const responded = new Promise<void>((resolve) => {
        respond = resolve
      })
      const application = createApplication(() => responded)
      const limits = { storeMs: 500, attemptMs: 1400, lockMs: 1500 }
      const outbox = await open(server.url, { deliver: application.deliver, ...limits })
      const accepting = outbox.accept(buildReceipt('up-1'), 4000)
      await until(() => application.calls.length === 1, 'the attempt began')
      const blocker = new pg.Client({ connectionString: server.url })
      blocker.on('error', () => {})
      await blocker.connect()
      await blocker.query('BEGIN')
      await blocker.query('LOCK TABLE upcall.job IN ACCESS EXCLUSIVE MODE')
      respond()
      await new Promise((resolve) => setTimeout(resolve, 200))
      await server.kill()
      await server.restart()
      expect(await accepting).toMatchObject({ state: expect.stringMatching(/^(due|done)$/) })
      await until(
        async () => (await outbox.read('up-1').catch(() => undefined))?.state === 'done',
        'the response is recorded',
        60_000,
      )
      expect(application.calls).toHaveLength(1)
    },
    TEST_MS,
  )
})

/** A process that waits between two queries of a transaction while PostgreSQL goes. @returns its exit code */
async function breakTransaction(isGuarded: boolean): Promise<number | null> {
  const server = await start()
  const code = `
    import pg from 'pg'
    import { createGuardedClient } from './src/entry/bullmq/postgres.ts'
    const Client = ${isGuarded ? 'createGuardedClient(pg.Client)' : 'pg.Client'}
    const pool = new pg.Pool({ connectionString: ${JSON.stringify(server.url)}, Client })
    pool.on('error', () => {})
    const client = await pool.connect()
    await client.query('BEGIN')
    console.log('in a transaction')
    setTimeout(() => process.exit(0), 3000)
  `
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const exit = once(child, 'exit')
  await once(child.stdout, 'data')
  await server.kill()
  await exit
  return child.exitCode
}

describe('a connection that breaks between two queries of a transaction', () => {
  it('ends the process where nobody listens', async () => {
    expect(await breakTransaction(false)).toBe(1)
  }, 60_000)

  it('does not end the service', async () => {
    expect(await breakTransaction(true)).toBe(0)
  }, 60_000)
})
