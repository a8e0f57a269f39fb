/** Ready-made upload, profile and issuer for the tests of the signer. */
import type { AdmittedUpload } from '../../src/signer/admit-upload.ts'
import { type Profile, prepareProfile, type ReadyProfile } from '../../src/signer/profile.ts'
import type { Signing, TicketContext } from '../../src/signer/ticket-context.ts'
import { createSecrets } from '../../src/signer/token.ts'
import { START } from './clock.ts'
import { ACCESS_KEY, JWT_ISSUER, UPCALL_SECRET } from './keys.ts'

export const ISSUER: TicketContext = {
  bucket: 'examplebucket',
  region: 'cn-hangzhou',
  callbackUrl: 'https://api.example.com/callbacks/oss',
  issuer: JWT_ISSUER,
  deployment: 'default',
  secrets: createSecrets(UPCALL_SECRET),
}

export const SIGNING: Signing = { credentials: ACCESS_KEY, now: START, expiresInSeconds: 900 }

export function createProfile(more: Partial<Profile> = {}): ReadyProfile {
  return prepareProfile('sample', { key: 's/{sub}/{id}', types: ['*'], maxSize: 1e9, ...more })
}

export function createUpload(more: Partial<AdmittedUpload> = {}): AdmittedUpload {
  return {
    id: 'AAAAAAAAAAAAAAAAAAAAAA',
    subject: 'user-42',
    issuer: JWT_ISSUER,
    deployment: 'default',
    profile: 'sample',
    bucket: 'examplebucket',
    key: 's/user-42/AAAAAAAAAAAAAAAAAAAAAA',
    name: '假日 🏖.png',
    size: 1000,
    type: 'image/png',
    vars: {},
    method: 'form',
    expiresAt: Math.floor(START.getTime() / 1000) + 86_400,
    ...more,
  }
}

/** The code of what a call throws: what tests assert. */
export function codeOf(call: () => unknown): string | undefined {
  try {
    call()
  } catch (error) {
    return (error as { code?: string }).code
  }
  return undefined
}

/** The token with each character changed, one after the other. */
export function* changeEach(token: string): Generator<string> {
  for (let at = 0; at < token.length; at += 1) {
    yield `${token.slice(0, at)}${token[at] === 'A' ? 'B' : 'A'}${token.slice(at + 1)}`
  }
}
