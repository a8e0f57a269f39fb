/**
 * Users of tokens that were verified a moment ago. The key is the token's SHA-256, so no token stays in memory.
 */
import { createCache } from '../protocol/cache.ts'

export interface TokenCache<User> {
  /** The user, unless it was never cached or its time is over. */
  get(hash: string, now: Date): User | undefined
  /** @param exp of the token, Unix seconds: no entry lives longer */
  set(hash: string, user: User, exp: number, now: Date): void
}

export interface TokenCacheOptions {
  maxEntries: number
  /** Life of an entry: a withdrawn key is noticed after this. */
  maxSeconds: number
}

export function createTokenCache<User>({
  maxEntries,
  maxSeconds,
}: TokenCacheOptions): TokenCache<User> {
  const cache = createCache<string, { user: User; until: number }>({ maxEntries })
  return {
    get(hash, now) {
      const entry = cache.get(hash)
      return entry && now.getTime() < entry.until ? entry.user : undefined
    },
    set(hash, user, exp, now) {
      const until = Math.min(now.getTime() + maxSeconds * 1000, exp * 1000)
      cache.set(hash, { user, until })
    },
  }
}
