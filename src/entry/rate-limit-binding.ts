/**
 * Cloudflare's rate limit as a limiter of the service: counted for each location of Cloudflare, not for each isolate.
 *
 * @see https://developers.cloudflare.com/workers/runtime-apis/bindings/rate-limit/
 */
import type { RateLimiter } from '../service/rate-limiter.ts'

export interface RateLimitBinding {
  limit(options: { key: string }): Promise<{ success: boolean }>
}

export interface RateLimitBindingOptions {
  /** `period` of the binding in wrangler.toml. @default 60 */
  periodSeconds?: 10 | 60
}

export function createBindingLimiter(
  binding: RateLimitBinding,
  { periodSeconds = 60 }: RateLimitBindingOptions = {},
): RateLimiter {
  return {
    async take(key, cost) {
      // The binding counts calls.
      const taken = await Promise.all(Array.from({ length: cost }, () => binding.limit({ key })))
      return taken.every(({ success }) => success)
        ? { allowed: true }
        : { allowed: false, retryAfterSeconds: periodSeconds }
    },
  }
}
