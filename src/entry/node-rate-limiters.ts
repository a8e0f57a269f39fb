/** Where the Node service counts requests: in Redis when receipts are recorded there, else in memory. */
import type { RateLimiters, RateLimits } from '../service/rate-guard.ts'
import { ADDRESS_PER_MINUTE, SUBJECT_PER_MINUTE } from '../service/rate-guard.ts'
import { createRedisRateLimiter } from './redis-rate-limiter.ts'

export interface OpenRateLimiters {
  rateLimiters: RateLimiters
  close(): void
}

/** A request does not wait longer for a counter, ms; the guard lets it pass then. */
const REDIS_TIMEOUT_MS = 250

export async function openRateLimiters(
  redisUrl: string | undefined,
  { subjectPerMinute = SUBJECT_PER_MINUTE, addressPerMinute = ADDRESS_PER_MINUTE }: RateLimits = {},
): Promise<OpenRateLimiters> {
  if (redisUrl === undefined) return { rateLimiters: {}, close() {} }
  const { Redis } = await import('ioredis')
  const redis = new Redis(redisUrl, {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 1,
    commandTimeout: REDIS_TIMEOUT_MS,
  })
  // Commands report each failure themselves.
  redis.on('error', () => {})
  const create = (perMinute: number) =>
    perMinute > 0 ? createRedisRateLimiter(redis, { perMinute }) : undefined
  return {
    rateLimiters: { subject: create(subjectPerMinute), address: create(addressPerMinute) },
    close: () => redis.disconnect(),
  }
}
