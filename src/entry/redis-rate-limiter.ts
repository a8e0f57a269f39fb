/**
 * Token buckets in Redis: one count for all instances. One script, so that two instances at once take one after the
 * other; the time is that of Redis.
 */
import type { RateLimiter } from '../service/rate-limiter.ts'

/** What it needs of a client, such as `Redis` of ioredis. */
export interface RedisScripts {
  eval(script: string, keys: number, ...args: (string | number)[]): Promise<unknown>
}

export interface RedisRateLimiterOptions {
  /** Tokens that come back in a minute; as many may be taken at once. */
  perMinute: number
  /** Before each key. @default 'upcall:rate:' */
  prefix?: string
}

/** @returns milliseconds to wait, 0 when the tokens were taken */
const TAKE = `
local size = tonumber(ARGV[1])
local cost = math.min(tonumber(ARGV[2]), size)
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local stored = redis.call('HMGET', KEYS[1], 'tokens', 'at')
local tokens = tonumber(stored[1]) or size
local at = tonumber(stored[2]) or now
tokens = math.min(size, tokens + math.max(0, now - at) * size / 60000)
local wait = 0
if tokens < cost then
  wait = math.ceil((cost - tokens) * 60000 / size)
else
  tokens = tokens - cost
end
redis.call('HSET', KEYS[1], 'tokens', tostring(tokens), 'at', tostring(now))
redis.call('PEXPIRE', KEYS[1], 60000)
return wait
`

export function createRedisRateLimiter(
  redis: RedisScripts,
  { perMinute, prefix = 'upcall:rate:' }: RedisRateLimiterOptions,
): RateLimiter {
  return {
    async take(key, cost) {
      const waitMs = Number(await redis.eval(TAKE, 1, prefix + key, perMinute, cost))
      return waitMs > 0
        ? { allowed: false, retryAfterSeconds: Math.ceil(waitMs / 1000) }
        : { allowed: true }
    },
  }
}
