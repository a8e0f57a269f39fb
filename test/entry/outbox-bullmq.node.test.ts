/** The outbox on BullMQ keeps the contract, on a real Redis and a real PostgreSQL. */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { describeOutbox } from '../service/delivery/outbox-contract.ts'
import { createBullmqEngine } from '../support/bullmq-engine.ts'
import { type PostgresServer, startPostgres } from '../support/postgres.ts'
import { type RedisServer, startRedis } from '../support/redis.ts'

const START_MS = 120_000

describe('on Redis', () => {
  let redis: RedisServer
  beforeAll(async () => {
    redis = await startRedis()
  }, START_MS)
  afterAll(() => redis?.stop())

  describeOutbox('BullMQ on Redis', async () => createBullmqEngine({ redis: redis.url }), {
    many: 1000,
  })
})

describe('on PostgreSQL', () => {
  let postgres: PostgresServer
  beforeAll(async () => {
    postgres = await startPostgres()
  }, START_MS)
  afterAll(() => postgres?.stop())

  describeOutbox('BullMQ on PostgreSQL', async () => createBullmqEngine({ postgres: postgres.url }))
})

/** Runs a program in which a package cannot be found, and returns what it prints. */
function runWithout(missing: string, program: string): string {
  const hook = `import { registerHooks } from 'node:module'
    registerHooks({ resolve(name, context, next) {
      if (name === '${missing}') throw new Error('Cannot find package ' + name)
      return next(name, context)
    } })`
  const args = ['--import', `data:text/javascript,${encodeURIComponent(hook)}`]
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [...args, '--input-type=module', '-e', program],
    { encoding: 'utf8' },
  )
  return stdout + stderr
}

describe('without its packages', () => {
  const module = fileURLToPath(new URL('../../src/entry/outbox-bullmq.ts', import.meta.url))

  it.each([
    ['bullmq', '{ redis: "redis://127.0.0.1:1" }'],
    ['ioredis', '{ redis: "redis://127.0.0.1:1" }'],
    ['pg', '{ postgres: "postgres://127.0.0.1:1/db" }'],
  ])('says that %s must be installed', (missing, connection) => {
    const program = `const { createBullmqOutbox } = await import(${JSON.stringify(module)})
      const connection = ${connection}
      await createBullmqOutbox({ connection, deliver: async () => '{}' })
        .catch(({ code, message }) => console.log(code, message))`
    expect(runWithout(missing, program)).toBe(
      `OUTBOX_UNSUPPORTED This outbox needs the package ${missing}. Install it: npm install ${missing}\n`,
    )
  })
})
