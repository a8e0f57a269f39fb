/**
 * What `upcall doctor` and a running service say to each other, proved by the secret that both have: the profile of the
 * doctor's test upload, and the token that asks the service what arrived of a request.
 */
import { createTokenFormat, type Secrets } from './token.ts'

/** Profile of the test upload. No profile of the settings can have this name. */
export const DOCTOR_PROFILE = '.doctor'
/** Header of the token. */
export const DOCTOR_HEADER = 'x-upcall-doctor'
/** Life of a token, seconds: two clocks may differ. */
const LIFE_SECONDS = 300

interface ProbeClaims {
  /** Unix seconds. */
  e: number
}

const format = createTokenFormat<ProbeClaims>('upcall-doctor', 1)

export function signDoctorToken(secrets: Secrets, now: Date): string {
  return format.sign({ e: Math.floor(now.getTime() / 1000) + LIFE_SECONDS }, secrets)
}

/** Whether the token was made by someone who knows the secret, at most five minutes ago. */
export function isDoctorToken(token: string, secrets: Secrets, now: Date): boolean {
  const claims = format.read(token, secrets)
  return claims !== undefined && now.getTime() < claims.e * 1000
}

/** What arrived of the doctor's request at the service. */
export interface DoctorEcho {
  /** Names of headers, lower case. */
  headers: string[]
  /** Base64url. */
  bodySha256: string
  /** Of the body, bytes. */
  bodyBytes: number
  /** Path and query. */
  target: string
}
