/**
 * The issuer's public keys by URL: fetched, checked, and cached for a minute. jose chooses the key and verifies.
 *
 * jose's own `createRemoteJWKSet` keeps a withdrawn key for ten minutes, knows no size limit, and on Workers makes one
 * fetch for each request that comes meanwhile.
 * Over 200 lines: which keys are used when is one decision with five time limits.
 *
 * @see https://www.rfc-editor.org/rfc/rfc7517#section-5
 */
import { type CompactVerifyGetKey, createLocalJWKSet, errors, type JSONWebKeySet } from 'jose'
import { createSingleFlight, PENDING, waitAtMost } from '../signer/single-flight.ts'
import { ServiceError } from './errors.ts'

export interface JwksOptions {
  url: string
  fetch: typeof fetch
  /** How long the last keys are used when the issuer cannot be reached, after their minute. @default 600 (10 min) */
  staleSeconds?: number | undefined
  /** Keys were used that are older than a minute. */
  onStale?: ((cause: unknown) => void) | undefined
}

export interface KeySet {
  getKey: CompactVerifyGetKey
  /** What these keys verified may be believed until then, ms since 1970. */
  believedUntilMs: number
}

export interface Jwks {
  /**
   * Runs `verify` with the keys, and once more with fetched ones when the token is of a key that they do not have.
   *
   * @throws {ServiceError} `TOKEN_KEYS_UNREACHABLE`, and what `verify` throws
   */
  use<Result>(now: Date, kid: string, verify: (keys: KeySet) => Promise<Result>): Promise<Result>
}

/** A key that the issuer withdrew is noticed after this. */
const MAX_AGE_MS = 60_000
/** From this age on, the next request fetches them again while others use what is there. */
const REFRESH_AGE_MS = 30_000
const REFRESH_WAIT_MS = 1000
const FETCH_LIMIT_MS = 5000
/** Between two fetches that an unknown key or a failure causes. */
const COOL_DOWN_MS = 5000
/** Bytes; a key with its certificates has about 6 000. */
const MAX_JWKS_BYTES = 512 * 1024
const MAX_KEYS = 100
const MAX_UNKNOWN_KIDS = 1000

interface CachedKeys extends KeySet {
  fetchedAtMs: number
  /** Asked for after the keys had been fetched, and not among them. */
  unknownKids: Set<string>
}

async function readLimited(response: Response): Promise<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let text = ''
  let length = 0
  for await (const chunk of response.body ?? []) {
    length += chunk.length
    if (length > MAX_JWKS_BYTES) throw new RangeError(`The JWKS has over ${MAX_JWKS_BYTES} bytes.`)
    text += decoder.decode(chunk, { stream: true })
  }
  return text + decoder.decode()
}

function isKeySet(value: unknown): value is JSONWebKeySet {
  if (typeof value !== 'object' || value === null || !('keys' in value)) return false
  const { keys } = value
  return (
    Array.isArray(keys) &&
    keys.length > 0 &&
    keys.length <= MAX_KEYS &&
    keys.every((key: unknown) => typeof key === 'object' && key !== null && 'kty' in key)
  )
}

function parseKeys(text: string): JSONWebKeySet {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    // The parser's message quotes the text.
    throw new TypeError('The JWKS is not JSON.')
  }
  if (!isKeySet(value)) throw new TypeError(`The JWKS is no object with 1 to ${MAX_KEYS} keys.`)
  return value
}

function refuseForNow(cause: unknown): ServiceError {
  return new ServiceError(
    'TOKEN_KEYS_UNREACHABLE',
    'The keys that verify bearer tokens cannot be had at the moment; try again shortly.',
    { cause, retryAfterSeconds: COOL_DOWN_MS / 1000 },
  )
}

export function createJwks(options: JwksOptions): Jwks {
  const { url, fetch: fetcher, staleSeconds = 600, onStale } = options
  let cached: CachedKeys | undefined
  let failedAtMs = Number.NEGATIVE_INFINITY
  let forcedAtMs = Number.NEGATIVE_INFINITY
  let lastFailure: unknown

  const flight = createSingleFlight(
    async (now, signal): Promise<CachedKeys> => {
      try {
        // Redirects are not followed: the keys come from the address that was configured.
        const headers = { accept: 'application/json, application/jwk-set+json' }
        const response = await fetcher(url, { headers, redirect: 'manual', signal })
        if (response.status !== 200) {
          await response.body?.cancel()
          throw new TypeError(`The JWKS has status ${response.status} instead of 200.`)
        }
        const fetchedAtMs = now.getTime()
        const getKey = createLocalJWKSet(parseKeys(await readLimited(response)))
        const believedUntilMs = fetchedAtMs + MAX_AGE_MS
        cached = { getKey, fetchedAtMs, believedUntilMs, unknownKids: new Set() }
        return cached
      } catch (cause) {
        failedAtMs = now.getTime()
        lastFailure = cause
        throw cause
      }
    },
    { limitMs: FETCH_LIMIT_MS, takeOverMs: REFRESH_WAIT_MS },
  )

  function isCoolingDown(sinceMs: number, now: Date): boolean {
    return now.getTime() - sinceMs < COOL_DOWN_MS
  }

  /** @throws {ServiceError} `TOKEN_KEYS_UNREACHABLE` */
  async function fetchKeys(now: Date): Promise<CachedKeys> {
    try {
      return await flight.run(now)
    } catch (cause) {
      throw refuseForNow(cause)
    }
  }

  async function fetchOrStale(known: CachedKeys, now: Date): Promise<CachedKeys> {
    const isUsable = now.getTime() < known.believedUntilMs + staleSeconds * 1000
    if (isUsable && isCoolingDown(failedAtMs, now)) return known
    try {
      return await fetchKeys(now)
    } catch (cause) {
      if (!isUsable) throw cause
      failedAtMs = now.getTime()
      onStale?.(cause)
      return known
    }
  }

  async function fetchAhead(known: CachedKeys, now: Date): Promise<CachedKeys> {
    const fresh = await waitAtMost(flight.run(now), REFRESH_WAIT_MS).catch(() => known)
    return fresh === PENDING ? known : fresh
  }

  function currentKeys(now: Date): CachedKeys | Promise<CachedKeys> {
    if (!cached) {
      return isCoolingDown(failedAtMs, now)
        ? Promise.reject(refuseForNow(lastFailure))
        : fetchKeys(now)
    }
    const ageMs = now.getTime() - cached.fetchedAtMs
    if (ageMs >= MAX_AGE_MS) return fetchOrStale(cached, now)
    if (ageMs < REFRESH_AGE_MS || flight.isRunning(now)) return cached
    return isCoolingDown(failedAtMs, now) ? cached : fetchAhead(cached, now)
  }

  return {
    async use(now, kid, verify) {
      const before = cached
      const keys = await currentKeys(now)
      let refusal: unknown
      try {
        return await verify(keys)
      } catch (error) {
        refusal = error
      }
      // A key without a name may have been exchanged: that looks like a wrong signature.
      const isUnknownKey = refusal instanceof errors.JWKSNoMatchingKey
      const isWrongKey = kid === '' && refusal instanceof errors.JWSSignatureVerificationFailed
      const isNewest = keys !== before || keys.unknownKids.has(kid)
      if (!(isUnknownKey || isWrongKey) || isNewest) {
        if (isUnknownKey && keys.unknownKids.size < MAX_UNKNOWN_KIDS) keys.unknownKids.add(kid)
        throw refusal
      }
      if (isCoolingDown(Math.max(forcedAtMs, failedAtMs), now)) {
        throw isUnknownKey ? refuseForNow(refusal) : refusal
      }
      forcedAtMs = now.getTime()
      const renewed = await fetchKeys(now)
      try {
        return await verify(renewed)
      } catch (error) {
        if (renewed.unknownKids.size < MAX_UNKNOWN_KIDS) renewed.unknownKids.add(kid)
        throw error
      }
    },
  }
}
