/**
 * The seal: a variable of the callback by which the service recognises its own upload when OSS reports it.
 */
import { sha256Base64Url } from '../protocol/crypto.ts'
import type { AdmittedUpload } from './admit-upload.ts'
import { UploadRefused } from './errors.ts'
import { createTokenFormat, type Secrets } from './token.ts'

/** A seal is valid for so long after its session: a callback may come after the session's end. */
export const SEAL_GRACE_SECONDS = 3600

/** Claim names are short, to leave the callback's 5 KB to name and variables. JSON omits what is undefined. */
interface SealClaims {
  i: string
  s: string
  p: string
  n: number
  h: string
  /** Which checksums the page declared, as bits; missing: none. */
  d?: number | undefined
  e: number
}

const format = createTokenFormat<SealClaims>('upcall-seal', 1)

/** The facts that the callback returns, and whose upload it is; a checksum counts only when the page declared it. */
export interface SealedFacts {
  issuer: string
  deployment: string
  bucket: string
  key: string
  type: string
  name: string
  vars: Readonly<Record<string, string>>
  contentMd5?: string | undefined
  crc64?: string | undefined
}

function hashFacts(facts: SealedFacts): string {
  const vars = Object.entries(facts.vars).sort(([a], [b]) => (a < b ? -1 : 1))
  const { issuer, deployment, bucket, key, type, name } = facts
  const { contentMd5 = null, crc64 = null } = facts
  return sha256Base64Url(
    JSON.stringify([issuer, deployment, bucket, key, type, name, vars, contentMd5, crc64]),
  )
}

const DECLARED_MD5 = 1
const DECLARED_CRC64 = 2

/** At most 400 characters in usual cases. */
export function buildSeal(upload: AdmittedUpload, secrets: Secrets): string {
  const declared =
    (upload.contentMd5 === undefined ? 0 : DECLARED_MD5) |
    (upload.crc64 === undefined ? 0 : DECLARED_CRC64)
  const claims: SealClaims = {
    i: upload.id,
    s: upload.subject,
    p: upload.profile,
    n: upload.size,
    h: hashFacts(upload),
    d: declared || undefined,
    e: upload.expiresAt + SEAL_GRACE_SECONDS,
  }
  return format.sign(claims, secrets)
}

export interface Seal {
  id: string
  subject: string
  profile: string
  size: number
  /** Whether these are the facts that the seal was made of. */
  agrees(facts: SealedFacts): boolean
}

/** @throws {UploadRefused} `SEAL_INVALID`, `SEAL_EXPIRED` */
export function verifySeal(seal: string, secrets: Secrets, now: Date): Seal {
  const claims = format.read(seal, secrets)
  if (!claims) {
    throw new UploadRefused('SEAL_INVALID', 'The callback has no seal of this service.')
  }
  if (now.getTime() >= claims.e * 1000) {
    throw new UploadRefused('SEAL_EXPIRED', 'The seal in the callback has expired.')
  }
  const { i: id, s: subject, p: profile, n: size, h: hash, d: declared = 0 } = claims
  return {
    id,
    subject,
    profile,
    size,
    agrees: (facts) =>
      hashFacts({
        ...facts,
        contentMd5: declared & DECLARED_MD5 ? facts.contentMd5 : undefined,
        crc64: declared & DECLARED_CRC64 ? facts.crc64 : undefined,
      }) === hash,
  }
}
