/** Ready-made upload, profile and issuer for the tests of the signer. */
import { createHmacKey } from '../../src/protocol/crypto.ts'
import type { AdmittedUpload } from '../../src/signer/admit-upload.ts'
import { type Profile, prepareProfile, type ReadyProfile } from '../../src/signer/profile.ts'
import type { Signing, TicketContext } from '../../src/signer/ticket-context.ts'
import { START } from './clock.ts'
import { ACCESS_KEY, UPCALL_SECRET } from './keys.ts'

export const ISSUER: TicketContext = {
  bucket: 'examplebucket',
  region: 'cn-hangzhou',
  callbackUrl: 'https://api.example.com/callbacks/oss',
  secret: createHmacKey(UPCALL_SECRET),
}

export const SIGNING: Signing = { credentials: ACCESS_KEY, now: START, expiresInSeconds: 900 }

export function createProfile(more: Partial<Profile> = {}): ReadyProfile {
  return prepareProfile('sample', { key: 's/{sub}/{id}', types: ['*'], maxSize: 1e9, ...more })
}

export function createUpload(more: Partial<AdmittedUpload> = {}): AdmittedUpload {
  return {
    id: 'AAAAAAAAAAAAAAAAAAAAAA',
    subject: 'user-42',
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
