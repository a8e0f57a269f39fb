/**
 * What every ticket is issued with: the bucket, where the callback goes, the secret, and how long a signature lives.
 */
import type { Address } from '../protocol/address.ts'
import type { HmacKey } from '../protocol/crypto.ts'
import type { ExpiringCredentials } from './credentials.ts'
import type { ReadyProfile } from './profile.ts'

export interface TicketContext extends Omit<Address, 'key'> {
  /** Where OSS calls back, unless the profile says otherwise. */
  callbackUrl: string
  /** Of sessions and seals. */
  secret: HmacKey
}

export interface Signing {
  credentials: ExpiringCredentials
  now: Date
  expiresInSeconds: number
}

/** The longest life that OSS grants a signature made with an STS token. */
const MAX_SECONDS_WITH_TOKEN = 43_200

/** How long the signatures of a ticket live: as the profile says, but never longer than the credentials. */
export function planSigning(
  { ticketSeconds }: Pick<ReadyProfile, 'ticketSeconds'>,
  credentials: ExpiringCredentials,
  now: Date,
): Signing {
  let seconds = ticketSeconds
  if (credentials.securityToken) seconds = Math.min(seconds, MAX_SECONDS_WITH_TOKEN)
  if (credentials.expiration) {
    seconds = Math.min(seconds, (credentials.expiration.getTime() - now.getTime()) / 1000)
  }
  return { credentials, now, expiresInSeconds: Math.max(1, Math.floor(seconds)) }
}
