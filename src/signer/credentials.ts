/**
 * Port: the source of the AccessKey. Fixed keys, or keys of STS that expire and are renewed in time.
 *
 * @see https://www.alibabacloud.com/help/en/ram/developer-reference/api-sts-2015-04-01-assumerole
 */
import type { Credentials } from '../protocol/signing-key.ts'
import { UploadRefused } from './errors.ts'

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

export interface CredentialsOptions {
  /** Renewed this long before the end. @default 300 */
  refreshAheadSeconds?: number
  /** With less left than this, requests wait for the renewal. @default 60 */
  leastSeconds?: number
  /** After a failure, while the old ones are valid: not renewed for so long. @default 5 */
  retryAfterSeconds?: number
}

function checkCredentials(fresh: ExpiringCredentials, now: Date): ExpiringCredentials {
  const end = fresh.expiration?.getTime()
  if (!fresh.accessKeyId || !fresh.accessKeySecret || Number.isNaN(end)) {
    throw new TypeError(
      'The credentials provider returned no AccessKey, or a date that is not valid.',
    )
  }
  if (end !== undefined && end <= now.getTime()) {
    throw new RangeError('The credentials provider returned credentials that have expired.')
  }
  return fresh
}

function createRefreshing(
  provider: CredentialsProvider,
  { refreshAheadSeconds = 300, leastSeconds = 60, retryAfterSeconds = 5 }: CredentialsOptions,
): CredentialsSource {
  let last: ExpiringCredentials | undefined
  let pending: Promise<ExpiringCredentials> | undefined
  let notBefore = 0

  function refresh(now: Date): Promise<ExpiringCredentials> {
    pending ??= Promise.resolve()
      .then(provider)
      .then((fresh) => {
        last = checkCredentials(fresh, now)
        return last
      })
      .catch((cause: unknown) => {
        notBefore = now.getTime() + retryAfterSeconds * 1000
        throw new UploadRefused(
          'CREDENTIALS_UNAVAILABLE',
          'The service has no credentials for OSS at the moment; try again shortly.',
          { cause },
        )
      })
      .finally(() => {
        pending = undefined
      })
    return pending
  }

  return {
    current(now) {
      const end = last?.expiration?.getTime() ?? Number.POSITIVE_INFINITY
      const leftSeconds = (end - now.getTime()) / 1000
      // Credentials that never had `refreshAheadSeconds` left are used to their end.
      if (!last || leftSeconds <= 0) return refresh(now)
      if (leftSeconds > refreshAheadSeconds) return last
      if (now.getTime() < notBefore) return last
      const fresh = refresh(now)
      if (leftSeconds < leastSeconds) return fresh.catch(() => last ?? fresh)
      fresh.catch(() => undefined)
      return last
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
