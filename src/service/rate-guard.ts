/**
 * The limits of requests: of an address before its token is looked at, of a subject afterwards. Refuses with
 * `RATE_LIMITED`, status 429 and `Retry-After`.
 */
import { ServiceError } from './errors.ts'
import type { Log } from './log.ts'
import { createTokenBuckets, type RateDecision, type RateLimiter } from './rate-limiter.ts'

/** Requests a minute, as many at once; 0: no limit. */
export interface RateLimits {
  /** Of a token's subject. A multipart ticket counts as 10 requests, since it opens an upload on OSS. @default 600 */
  subjectPerMinute?: number | undefined
  /** Of a client address, where it is known. Many users may share it. @default 3 000 */
  addressPerMinute?: number | undefined
}

/** Counters that all instances share, instead of those in memory. */
export interface RateLimiters {
  subject?: RateLimiter | undefined
  address?: RateLimiter | undefined
}

/** The address that a request came from, as the platform or a trusted proxy tells; undefined when it is not known. */
export type ClientAddress = (request: Request) => string | undefined

export interface RateGuardOptions {
  limits?: RateLimits | undefined
  limiters?: RateLimiters | undefined
  clientAddress?: ClientAddress | undefined
  log: Log
  now: () => Date
}

/** Both return a promise only when there is something to wait for, and throw {ServiceError} `RATE_LIMITED`. */
export interface RateGuard {
  checkAddress(request: Request): void | Promise<void>
  checkSubject(subject: string, cost: number): void | Promise<void>
}

/** Opening an upload on OSS, with its list of parts, against one signature. */
export const MULTIPART_COST = 10

export const SUBJECT_PER_MINUTE = 600
export const ADDRESS_PER_MINUTE = 3000
/** A limiter that fails is logged once in this time. */
const LOG_INTERVAL_MS = 60_000

/** The first 64 bits of an IPv6 address, which one customer has for all devices. */
export function foldAddress(address: string): string {
  const text = address.toLowerCase().replace(/%.*$/, '')
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(text)?.[1]
  if (mapped !== undefined || !text.includes(':')) return mapped ?? text
  const [head = '', tail] = text.split('::')
  const before = head === '' ? [] : head.split(':')
  const after = tail === undefined || tail === '' ? [] : tail.split(':')
  const zeros = Array.from({ length: Math.max(0, 8 - before.length - after.length) }, () => '0')
  const groups = tail === undefined ? before : [...before, ...zeros, ...after]
  return `${groups
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':')}::`
}

function chooseLimiter(
  own: RateLimiter | undefined,
  perMinute: number,
  now: () => Date,
): RateLimiter | undefined {
  return own ?? (perMinute > 0 ? createTokenBuckets({ perMinute, now }) : undefined)
}

function refuse(decision: RateDecision): void {
  if (decision.allowed) return
  throw new ServiceError('RATE_LIMITED', 'Too many requests; wait as Retry-After says.', {
    retryAfterSeconds: Math.max(1, decision.retryAfterSeconds),
  })
}

export function createRateGuard(options: RateGuardOptions): RateGuard {
  const { limits = {}, limiters = {}, clientAddress, log, now } = options
  const { subjectPerMinute = SUBJECT_PER_MINUTE, addressPerMinute = ADDRESS_PER_MINUTE } = limits
  const subject = chooseLimiter(limiters.subject, subjectPerMinute, now)
  const address = chooseLimiter(limiters.address, addressPerMinute, now)
  let loggedAtMs = Number.NEGATIVE_INFINITY

  /** A store of counters that is down must not take the service down. */
  function allowOnFailure(error: unknown): RateDecision {
    const nowMs = now().getTime()
    if (nowMs - loggedAtMs >= LOG_INTERVAL_MS) {
      loggedAtMs = nowMs
      log.failure('RATE_LIMITER_FAILED', '', error)
    }
    return { allowed: true }
  }

  function take(limiter: RateLimiter, key: string, cost: number): void | Promise<void> {
    let decision: RateDecision | Promise<RateDecision>
    try {
      decision = limiter.take(key, cost)
    } catch (error) {
      decision = allowOnFailure(error)
    }
    if (!(decision instanceof Promise)) return refuse(decision)
    return decision.catch(allowOnFailure).then(refuse)
  }

  return {
    checkAddress(request) {
      if (!address) return
      const from = clientAddress?.(request)
      if (from) return take(address, `address:${foldAddress(from)}`, 1)
    },
    checkSubject(name, cost) {
      if (subject) return take(subject, `subject:${name}`, cost)
    },
  }
}
