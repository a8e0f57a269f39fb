/** Buckets in a real Redis, shared by instances. */
import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createRedisRateLimiter } from '../../src/entry/redis-rate-limiter.ts'
import { type RedisServer, startRedis } from '../support/redis.ts'

let server: RedisServer
let clients: Redis[]

beforeAll(async () => {
  server = await startRedis()
  clients = [new Redis(server.url), new Redis(server.url)]
}, 120_000)

afterAll(async () => {
  for (const client of clients ?? []) client.disconnect()
  await server?.stop()
})

describe('buckets in Redis', () => {
  it('are one for all instances, also when these ask at once', async () => {
    const limiters = clients.map((client) => createRedisRateLimiter(client, { perMinute: 50 }))
    const decisions = await Promise.all(
      Array.from({ length: 80 }, (_, at) => limiters[at % 2]?.take('subject:a', 1)),
    )
    const allowed = decisions.filter((decision) => decision?.allowed).length
    expect(allowed).toBeGreaterThanOrEqual(50)
    // A token comes back every 1.2 s.
    expect(allowed).toBeLessThanOrEqual(53)
    expect(decisions.find((decision) => !decision?.allowed)).toEqual({
      allowed: false,
      retryAfterSeconds: expect.toSatisfy((seconds: number) => seconds >= 1 && seconds <= 2),
    })
    expect(await limiters[0]?.take('subject:b', 1)).toEqual({ allowed: true })
  })

  it('fill again, and are gone when they are full', async () => {
    const [client] = clients
    if (!client) throw new Error('no client')
    const limiter = createRedisRateLimiter(client, { perMinute: 600, prefix: 'other:' })
    expect(await limiter.take('subject:a', 600)).toEqual({ allowed: true })
    expect(await limiter.take('subject:a', 1)).toMatchObject({ allowed: false })
    await new Promise((resolve) => setTimeout(resolve, 150))
    expect(await limiter.take('subject:a', 1)).toEqual({ allowed: true })
    expect(await client.pttl('other:subject:a')).toBeLessThanOrEqual(60_000)
    expect(await client.pttl('other:subject:a')).toBeGreaterThan(0)
  })

  it('that cannot be reached reject, so that the guard lets the request pass', async () => {
    const client = new Redis({
      port: 1,
      lazyConnect: true,
      maxRetriesPerRequest: 0,
      retryStrategy: () => null,
    })
    client.on('error', () => {})
    const limiter = createRedisRateLimiter(client, { perMinute: 1 })
    await expect(limiter.take('subject:a', 1)).rejects.toThrow()
    client.disconnect()
  })
})
