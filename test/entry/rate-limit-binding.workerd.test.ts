/** Cloudflare's rate limit itself, as wrangler.toml configures it. */
import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { createBindingLimiter, type RateLimitBinding } from '../../src/entry/rate-limit-binding.ts'

const binding = env.SUBJECT_LIMITER as RateLimitBinding | undefined

describe('the binding of Cloudflare', () => {
  it('allows what wrangler.toml says, 600 a minute, and refuses what comes then', async () => {
    if (!binding) throw new Error('wrangler.toml has no binding SUBJECT_LIMITER.')
    const limiter = createBindingLimiter(binding)
    const decisions = []
    for (let at = 0; at < 7; at += 1) decisions.push(await limiter.take('subject:a', 100))
    expect(decisions.filter(({ allowed }) => allowed).length).toBe(6)
    expect(decisions.at(-1)).toEqual({ allowed: false, retryAfterSeconds: 60 })
    expect(await limiter.take('subject:b', 1)).toEqual({ allowed: true })
  }, 60_000)
})
