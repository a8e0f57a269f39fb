/**
 * Port: where the AccessKey comes from. Fixed keys, or keys of STS that expire and are asked for again in time.
 *
 * @see https://www.alibabacloud.com/help/en/ram/developer-reference/api-sts-2015-04-01-assumerole
 */
import type { Credentials } from '../protocol/signing-key.ts'
import { UploadRefused } from './errors.ts'

/** Credentials with the end of their life, if they have one. */
export interface ExpiringCredentials extends Credentials {
  expiration?: Date
}

export type CredentialsProvider = () => Promise<ExpiringCredentials>

export interface CredentialsSource {
  /**
   * The same object until it is refreshed, so that signing keys can be kept with it. A promise only when there is
   * something to wait for.
   *
   * @throws {UploadRefused} `CREDENTIALS_UNAVAILABLE` when none can be had
   */
  current(now: Date): ExpiringCredentials | Promise<ExpiringCredentials>
}

export interface CredentialsOptions {
  /** Ask for new ones this long before the end. @default 300 */
  refreshAheadSeconds?: number
  /** With less than this left they are not used any more. @default 60 */
  leastSeconds?: number
  /** After a failure, while the old ones still live: wait this long. @default 5 */
  retryAfterSeconds?: number
}

function checkCredentials(lent: ExpiringCredentials, now: Date): ExpiringCredentials {
  const end = lent.expiration?.getTime()
  if (!lent.accessKeyId || !lent.accessKeySecret || Number.isNaN(end)) {
    throw new TypeError('The credentials provider answered without AccessKey or with a bad date.')
  }
  if (end !== undefined && end <= now.getTime()) {
    throw new RangeError('The credentials provider answered with credentials that have expired.')
  }
  return lent
}

function createRefreshing(
  provider: CredentialsProvider,
  { refreshAheadSeconds = 300, leastSeconds = 60, retryAfterSeconds = 5 }: CredentialsOptions,
): CredentialsSource {
  let lent: ExpiringCredentials | undefined
  let pending: Promise<ExpiringCredentials> | undefined
  let notBefore = 0

  function refresh(now: Date): Promise<ExpiringCredentials> {
    pending ??= Promise.resolve()
      .then(provider)
      .then((fresh) => {
        lent = checkCredentials(fresh, now)
        return lent
      })
      .catch((cause: unknown) => {
        notBefore = now.getTime() + retryAfterSeconds * 1000
        throw new UploadRefused(
          'CREDENTIALS_UNAVAILABLE',
          'No credentials for OSS at the moment; try again shortly.',
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
      const end = lent?.expiration?.getTime() ?? Number.POSITIVE_INFINITY
      const leftSeconds = (end - now.getTime()) / 1000
      // What never had a long life (a provider with minutes to give) is still used to its end.
      if (!lent || leftSeconds <= 0) return refresh(now)
      if (leftSeconds > refreshAheadSeconds) return lent
      if (now.getTime() < notBefore) return lent
      const fresh = refresh(now)
      if (leftSeconds < leastSeconds) return fresh.catch(() => lent ?? fresh)
      fresh.catch(() => undefined)
      return lent
    },
  }
}

/** @param from fixed keys, or a function that is called once for all who wait, ahead of the end of the last keys */
export function createCredentials(
  from: Credentials | CredentialsProvider,
  options: CredentialsOptions = {},
): CredentialsSource {
  if (typeof from === 'function') return createRefreshing(from, options)
  return { current: () => from }
}
