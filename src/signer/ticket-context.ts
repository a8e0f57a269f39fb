/**
 * What all tickets have in common: the bucket, the callback's URL, the secret, and the life of signatures.
 */
import type { Address } from '../protocol/address.ts'
import { MAX_SIGNATURE_SECONDS_WITH_TOKEN } from '../protocol/limits.ts'
import type { AdmittedUpload } from './admit-upload.ts'
import type { ExpiringCredentials } from './credentials.ts'
import type { ReadyProfile } from './profile.ts'
import type { Secrets } from './token.ts'

export interface TicketContext extends Omit<Address, 'key'> {
  /** The URL that OSS calls, unless the profile gives another. */
  callbackUrl: string
  /** `iss` of the bearer tokens. */
  issuer: string
  /** Name of the service among those with the same secret and bucket. */
  deployment: string
  /** Of sessions and seals. */
  secrets: Secrets
}

/** The deployment of services that are given no name. */
export const DEFAULT_DEPLOYMENT = 'default'

export interface Signing {
  credentials: ExpiringCredentials
  now: Date
  expiresInSeconds: number
}

/**
 * The life of a ticket's signatures: as the profile says, but not longer than the credentials, nor than the session:
 * what is uploaded later could not be confirmed.
 */
export function planSigning(
  { ticketSeconds }: Pick<ReadyProfile, 'ticketSeconds'>,
  { expiresAt }: Pick<AdmittedUpload, 'expiresAt'>,
  credentials: ExpiringCredentials,
  now: Date,
): Signing {
  let seconds = Math.min(ticketSeconds, expiresAt - now.getTime() / 1000)
  if (credentials.securityToken) seconds = Math.min(seconds, MAX_SIGNATURE_SECONDS_WITH_TOKEN)
  if (credentials.expiration) {
    seconds = Math.min(seconds, (credentials.expiration.getTime() - now.getTime()) / 1000)
  }
  return { credentials, now, expiresInSeconds: Math.max(1, Math.floor(seconds)) }
}
