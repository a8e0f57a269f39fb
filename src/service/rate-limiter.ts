/**
 * Port: how much a subject or an address may ask for. In memory by default, which counts for this process (on Workers:
 * this isolate) alone.
 */
import { createCache } from '../protocol/cache.ts'

export type RateDecision = { allowed: true } | { allowed: false; retryAfterSeconds: number }

export interface RateLimiter {
  /**
   * @param key `subject:…` or `address:…`
   * @param cost of this request; 1 for most
   */
  take(key: string, cost: number): RateDecision | Promise<RateDecision>
}

export interface TokenBucketOptions {
  /** Tokens that come back in a minute; as many may be taken at once. */
  perMinute: number
  now: () => Date
  /** Keys in memory; those not used for longest are dropped, and start with a full bucket. @default 20 000 */
  maxKeys?: number | undefined
}

interface Bucket {
  tokens: number
  atMs: number
}

const ALLOWED: RateDecision = { allowed: true }

/** @see https://en.wikipedia.org/wiki/Token_bucket */
export function createTokenBuckets({
  perMinute,
  now,
  maxKeys = 20_000,
}: TokenBucketOptions): RateLimiter {
  const buckets = createCache<string, Bucket>({ maxEntries: maxKeys })
  const perMs = perMinute / 60_000
  return {
    take(key, cost) {
      const nowMs = now().getTime()
      const bucket = buckets.get(key)
      if (!bucket) {
        buckets.set(key, { tokens: Math.max(0, perMinute - cost), atMs: nowMs })
        return ALLOWED
      }
      // A clock that was set back gives nothing and takes nothing.
      bucket.tokens = Math.min(perMinute, bucket.tokens + Math.max(0, nowMs - bucket.atMs) * perMs)
      bucket.atMs = nowMs
      // A cost above the bucket's size is allowed when the bucket is full, and empties it.
      const needed = Math.min(cost, perMinute)
      if (bucket.tokens < needed) {
        const missing = needed - bucket.tokens
        return { allowed: false, retryAfterSeconds: Math.ceil(missing / perMs / 1000) }
      }
      bucket.tokens -= needed
      return ALLOWED
    },
  }
}
