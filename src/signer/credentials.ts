/**
 * Port: the source of the AccessKey. Fixed keys, or keys of STS that expire and are renewed in time.
 *
 * @see https://www.alibabacloud.com/help/en/ram/developer-reference/api-sts-2015-04-01-assumerole
 */
import type { Credentials } from '../protocol/signing-key.ts'
import { UploadRefused } from './errors.ts'
import {
  createSingleFlight,
  PENDING,
  type SingleFlightOptions,
  waitAtMost,
} from './single-flight.ts'

/** Credentials with their end, if they have one. */
export interface ExpiringCredentials extends Credentials {
  expiration?: Date
}

export type CredentialsProvider = () => Promise<ExpiringCredentials>

export interface CredentialsSource {
  /**
   * The same object until it is renewed, so that signing keys can be cached with it. A promise only when there is
   * something to wait for.
   *
   * @throws {UploadRefused} `CREDENTIALS_UNAVAILABLE` when the provider gives none
   */
  current(now: Date): ExpiringCredentials | Promise<ExpiringCredentials>
}

export interface CredentialsOptions extends SingleFlightOptions {
  /** Renewed this long before the end. @default 300 */
  refreshAheadSeconds?: number
  /** With less left than this, requests wait for the renewal. @default 60 */
  leastSeconds?: number
  /** After a failure, while the old ones are valid: not renewed for so long. @default 5 */
  retryAfterSeconds?: number
  /** While the old ones are valid, the request that renews them waits this long, ms. @default 1 000 */
  refreshWaitMs?: number
}

function checkCredentials(fresh: ExpiringCredentials, now: Date): ExpiringCredentials {
  const { accessKeyId, accessKeySecret, expiration } = fresh
  if (!accessKeyId || !accessKeySecret) {
    throw new TypeError('The credentials provider returned no AccessKey.')
  }
  // STS itself writes the time as text.
  if (expiration !== undefined && !(expiration instanceof Date && expiration.getTime() > 0)) {
    throw new TypeError('The credentials provider returned an expiration that is no valid Date.')
  }
  if (expiration !== undefined && expiration <= now) {
    throw new RangeError('The credentials provider returned credentials that have expired.')
  }
  return fresh
}

function createRefreshing(
  provider: CredentialsProvider,
  options: CredentialsOptions,
): CredentialsSource {
  const { refreshAheadSeconds = 300, leastSeconds = 60, retryAfterSeconds = 5 } = options
  const { refreshWaitMs = 1000 } = options
  let latest: ExpiringCredentials | undefined
  let notBefore = 0

  const flight = createSingleFlight(async (now) => {
    try {
      latest = checkCredentials(await provider(), now)
      return latest
    } catch (cause) {
      notBefore = now.getTime() + retryAfterSeconds * 1000
      throw cause
    }
  }, options)

  async function refresh(now: Date): Promise<ExpiringCredentials> {
    try {
      return await flight.run(now)
    } catch (cause) {
      throw new UploadRefused(
        'CREDENTIALS_UNAVAILABLE',
        'The service has no credentials for OSS at the moment; try again shortly.',
        { cause },
      )
    }
  }

  /** The request that starts a refresh waits for it: on Workers, work ends with its request. */
  async function refreshAhead(known: ExpiringCredentials, now: Date): Promise<ExpiringCredentials> {
    const fresh = await waitAtMost(flight.run(now), refreshWaitMs).catch(() => known)
    return fresh === PENDING ? known : fresh
  }

  return {
    current(now) {
      const end = latest?.expiration?.getTime() ?? Number.POSITIVE_INFINITY
      const leftSeconds = (end - now.getTime()) / 1000
      // Credentials that never had `refreshAheadSeconds` left are used to their end.
      // The shortest signature lives one second: it must not outlive the token.
      if (!latest || leftSeconds < 1) return refresh(now)
      if (leftSeconds > refreshAheadSeconds || now.getTime() < notBefore) return latest
      const known = latest
      if (leftSeconds < leastSeconds) return refresh(now).catch(() => known)
      return flight.isRunning(now) ? known : refreshAhead(known, now)
    },
  }
}

/** @param from fixed keys, or a function that is called once for all requests that wait, before the last keys end */
export function createCredentials(
  from: Credentials | CredentialsProvider,
  options: CredentialsOptions = {},
): CredentialsSource {
  if (typeof from === 'function') return createRefreshing(from, options)
  return { current: () => from }
}
