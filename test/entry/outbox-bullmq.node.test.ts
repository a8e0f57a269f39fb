/** The outbox on BullMQ keeps the contract, on a real Redis and a real PostgreSQL. */
import { afterAll, beforeAll, describe } from 'vitest'
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

  describeOutbox('BullMQ on Redis', async () => createBullmqEngine({ redis: redis.url }))
})

describe('on PostgreSQL', () => {
  let postgres: PostgresServer
  beforeAll(async () => {
    postgres = await startPostgres()
  }, START_MS)
  afterAll(() => postgres?.stop())

  describeOutbox('BullMQ on PostgreSQL', async () => createBullmqEngine({ postgres: postgres.url }))
})
