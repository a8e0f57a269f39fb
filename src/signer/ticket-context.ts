/**
 * What all tickets have in common: the bucket, the callback's URL, the secret, and the life of signatures.
 */
import type { Address } from '../protocol/address.ts'
import type { HmacKey } from '../protocol/crypto.ts'
import { MAX_SIGNATURE_SECONDS_WITH_TOKEN } from '../protocol/limits.ts'
import type { ExpiringCredentials } from './credentials.ts'
import type { ReadyProfile } from './profile.ts'

export interface TicketContext extends Omit<Address, 'key'> {
  /** The URL that OSS calls, unless the profile gives another. */
  callbackUrl: string
  /** Signs sessions and seals. */
  secret: HmacKey
}

export interface Signing {
  credentials: ExpiringCredentials
  now: Date
  expiresInSeconds: number
}

/** The life of a ticket's signatures: as the profile says, but not longer than the credentials. */
export function planSigning(
  { ticketSeconds }: Pick<ReadyProfile, 'ticketSeconds'>,
  credentials: ExpiringCredentials,
  now: Date,
): Signing {
  let seconds = ticketSeconds
  if (credentials.securityToken) seconds = Math.min(seconds, MAX_SIGNATURE_SECONDS_WITH_TOKEN)
  if (credentials.expiration) {
    seconds = Math.min(seconds, (credentials.expiration.getTime() - now.getTime()) / 1000)
  }
  return { credentials, now, expiresInSeconds: Math.max(1, Math.floor(seconds)) }
}
