/** A Redis that would lose receipts is refused with words; one that goes away is reported in time. */
import { afterEach, describe, expect, it } from 'vitest'
import { type BullmqOutboxOptions, createBullmqOutbox } from '../../../src/entry/outbox-bullmq.ts'
import type { Outbox } from '../../../src/service/delivery/outbox.ts'
import { buildReceipt, createApplication, until } from '../../service/delivery/outbox-contract.ts'
import { nameQueue } from '../../support/bullmq-engine.ts'
import { DEFAULT_PERSISTENCE, DURABLE, type RedisServer, startRedis } from '../../support/redis.ts'

const TEST_MS = 120_000

const servers: RedisServer[] = []
const outboxes: Outbox[] = []

afterEach(async () => {
  for (const server of servers) server.thaw()
  await Promise.all(outboxes.splice(0).map((outbox) => outbox.close()))
  await Promise.all(servers.splice(0).map((server) => server.stop()))
})

async function start(options?: readonly string[]): Promise<RedisServer> {
  const server = await startRedis(options)
  servers.push(server)
  return server
}

async function open(url: string, options: Partial<BullmqOutboxOptions> = {}): Promise<Outbox> {
  const { deliver } = createApplication()
  const name = nameQueue()
  const outbox = await createBullmqOutbox({ connection: { redis: url }, deliver, name, ...options })
  outboxes.push(outbox)
  return outbox
}

/** A server whose CONFIG is forbidden, as on managed ones. */
const NO_CONFIG = ['--rename-command', 'CONFIG', '']
/** A user whose rights do not include CONFIG. */
const NO_RIGHT = ['--user', 'default', 'on', 'nopass', '~*', '&*', '+@all', '-config']

describe('settings of Redis', () => {
  it(
    'refuses the default persistence, even when it shall be trusted',
    async () => {
      const { url } = await start(DEFAULT_PERSISTENCE)
      for (const assumeDurable of [false, true]) {
        await expect(open(url, { assumeDurable })).rejects.toMatchObject({
          code: 'OUTBOX_STORE',
          message: 'Redis has appendonly off: a crash loses receipts. Set appendonly yes.',
        })
      }
    },
    TEST_MS,
  )

  it(
    'refuses a policy that evicts',
    async () => {
      const { url } = await start(['--appendonly', 'yes', '--maxmemory-policy', 'allkeys-lru'])
      await expect(open(url)).rejects.toMatchObject({
        code: 'OUTBOX_STORE',
        message: expect.stringContaining('maxmemory-policy allkeys-lru'),
      })
    },
    TEST_MS,
  )

  it.each([
    ['is renamed', NO_CONFIG],
    ['is not allowed to the user', NO_RIGHT],
  ])(
    'where CONFIG %s, INFO shows a durable Redis; only the interval of its writes is unknown',
    async (_, options) => {
      const { url } = await start([...DURABLE, ...options])
      const outbox = await open(url)
      expect(await outbox.problems()).toEqual([
        'Redis does not tell its appendfsync: a loss of power may lose receipts.',
      ])
    },
    TEST_MS,
  )

  it(
    'where CONFIG is forbidden and INFO says otherwise, it starts only when told to trust, and lists it',
    async () => {
      const { url } = await start(NO_CONFIG)
      await expect(open(url)).rejects.toMatchObject({
        code: 'OUTBOX_STORE',
        message: expect.stringContaining('assumeDurable'),
      })
      const outbox = await open(url, { assumeDurable: true })
      expect(await outbox.problems()).toEqual([
        'Trusted and not checked (assumeDurable): Redis writes each receipt to disk and never evicts it. It says: appendonly false, maxmemory-policy noeviction.',
      ])
      expect(await outbox.accept(buildReceipt('up-1'), 4000)).toMatchObject({ state: 'done' })
    },
    TEST_MS,
  )

  it(
    'lists what changed after the start',
    async () => {
      const { url } = await start([...DURABLE, '--appendfsync', 'always'])
      const outbox = await open(url)
      expect(await outbox.problems()).toEqual([])
      const { Redis } = await import('ioredis')
      const admin = new Redis(url)
      await admin.config('SET', 'appendonly', 'no')
      expect(await outbox.problems()).toEqual([
        'Redis has appendonly off: a crash loses receipts. Set appendonly yes.',
      ])
      await admin.config('SET', 'appendonly', 'yes', 'appendfsync', 'everysec')
      expect(await outbox.problems()).toEqual([expect.stringContaining('appendfsync everysec')])
      admin.disconnect()
    },
    TEST_MS,
  )
})

describe('a Redis that does not respond', () => {
  it.each([
    ['redis://127.0.0.1:1', /Redis at 127\.0\.0\.1:1 does not respond: .*ECONNREFUSED/],
    ['redis://user:SECRET@127.0.0.1:1', /Redis at 127\.0\.0\.1:1 does not respond/],
    ['http://127.0.0.1:1', /must begin with redis/],
    ['SECRET', /must begin with redis/],
  ])('is an error at start: %s', async (url, words) => {
    const error: unknown = await open(url).catch((reason: unknown) => reason)
    expect(error).toMatchObject({ code: 'OUTBOX_STORE', message: expect.stringMatching(words) })
    expect(String(error)).not.toContain('SECRET')
  })

  it(
    'with a wrong password says so, without the password',
    async () => {
      const { port } = await start([...DURABLE, '--requirepass', 'right'])
      const error: unknown = await open(`redis://:SECRET@127.0.0.1:${port}`).catch(
        (reason: unknown) => reason,
      )
      expect(error).toMatchObject({
        code: 'OUTBOX_STORE',
        message: expect.stringContaining('WRONGPASS'),
      })
      expect(String(error)).not.toContain('SECRET')
    },
    TEST_MS,
  )

  it(
    'frozen: a caller learns it in time, and what was due is delivered afterwards',
    async () => {
      const server = await start()
      const application = createApplication()
      const outbox = await open(server.url, { deliver: application.deliver, storeMs: 1500 })
      await outbox.accept(buildReceipt('up-1'), 4000)
      server.freeze()
      const startedAt = performance.now()
      await expect(outbox.accept(buildReceipt('up-2'), 60_000)).rejects.toMatchObject({
        code: 'OUTBOX_STORE',
      })
      expect(performance.now() - startedAt).toBeLessThan(10_000)
      expect(await outbox.problems()).toHaveLength(1)
      server.thaw()
      await until(
        async () => (await outbox.read('up-1').catch(() => undefined))?.state === 'done',
        'it responds again',
      )
      expect(await outbox.accept(buildReceipt('up-3'), 4000)).toMatchObject({ state: 'done' })
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
      const outbox = await open(server.url, { deliver: application.deliver, storeMs: 1500 })
      const accepting = outbox.accept(buildReceipt('up-1'), 20_000)
      await until(() => application.calls.length === 1, 'the attempt began')
      await server.kill()
      isKilled()
      await new Promise((resolve) => setTimeout(resolve, 300))
      await server.restart()
      expect(await accepting).toEqual({ state: 'done', response: '{"ok":"up-1"}' })
      expect(application.calls).toHaveLength(1)
    },
    TEST_MS,
  )

  it(
    'gone for good: closing takes no longer than its limits',
    async () => {
      const server = await start()
      const application = createApplication(() => new Promise(() => {}))
      const limits = { storeMs: 1500, closeMs: 300 }
      const outbox = await open(server.url, { deliver: application.deliver, ...limits })
      await outbox.accept(buildReceipt('up-1'), 0)
      await until(() => application.calls.length === 1, 'the attempt began')
      await server.kill()
      const startedAt = performance.now()
      await outbox.close()
      expect(performance.now() - startedAt).toBeLessThan(10_000)
      await expect(outbox.accept(buildReceipt('up-2'), 0)).rejects.toMatchObject({
        code: 'OUTBOX_CLOSED',
      })
    },
    TEST_MS,
  )

  it(
    'full: says so, and keeps what it has',
    async () => {
      const { url } = await start([...DURABLE, '--maxmemory', '12mb'])
      const application = createApplication()
      const outbox = await open(url, { deliver: application.deliver })
      const album = '夏'.repeat(15_000)
      const accepted: string[] = []
      let error: unknown
      for (let index = 0; index < 1000 && !error; index += 1) {
        const receipt = buildReceipt(`up-${index}`, { vars: { album } })
        try {
          await outbox.accept(receipt, 0)
          accepted.push(receipt.id)
        } catch (reason) {
          error = reason
        }
      }
      expect(error).toMatchObject({ code: 'OUTBOX_FULL' })
      expect(accepted.length).toBeGreaterThan(10)
      expect(await outbox.missing(accepted)).toEqual([])
    },
    TEST_MS,
  )
})
