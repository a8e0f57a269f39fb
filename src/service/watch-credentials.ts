/** The credentials of the settings, and which of their texts must never reach a log. */
import type { Credentials } from '../protocol/signing-key.ts'
import type { CredentialsProvider } from '../signer/credentials.ts'

export interface WatchedCredentials {
  credentials: Credentials | CredentialsProvider
  /** Secrets and tokens of the last two that the provider returned: the ones before are in use for a while. */
  listSecrets: () => string[]
}

export function watchCredentials(from: Credentials | CredentialsProvider): WatchedCredentials {
  let latest: Credentials[] = []
  if (typeof from !== 'function') latest = [from]
  return {
    credentials:
      typeof from === 'function'
        ? async () => {
            const fresh = await from()
            latest = [fresh, ...latest.slice(0, 1)]
            return fresh
          }
        : from,
    listSecrets: () =>
      latest.flatMap(({ accessKeySecret = '', securityToken = '' }) => [
        accessKeySecret,
        securityToken,
      ]),
  }
}
