/**
 * The session, which the page holds, and the seal, which is a variable of the callback: two compact JWS (HS256) with the
 * same secret. Their headers differ and are fixed, so neither is accepted as the other. Over 200 lines: what one function
 * writes, the next one reads.
 *
 * @see https://www.rfc-editor.org/rfc/rfc7515#section-3.1
 */
import { fromBase64Url, fromUtf8, toBase64Url } from '../protocol/bytes.ts'
import {
  equalInConstantTime,
  type HmacKey,
  hmacSha256Base64Url,
  sha256Base64Url,
} from '../protocol/crypto.ts'
import type { AdmittedUpload } from './admit-upload.ts'
import { UploadRefused } from './errors.ts'
import type { UploadMethod } from './ticket.ts'

const SESSION_HEADER = toBase64Url('{"alg":"HS256","typ":"upcall-session"}')
const SEAL_HEADER = toBase64Url('{"alg":"HS256","typ":"upcall-seal"}')

/** Characters. A session with the longest name, key and variables has about 12 000. */
const MAX_TOKEN_CHARS = 32_768

/** A seal is valid for so long after its session: a callback may come after the session's end. */
export const SEAL_GRACE_SECONDS = 3600

function signToken(header: string, claims: object, key: HmacKey): string {
  const text = `${header}.${toBase64Url(JSON.stringify(claims))}`
  return `${text}.${hmacSha256Base64Url(key, text)}`
}

/** The claims of a token with exactly this header and a valid signature; else undefined. */
function readToken(token: string, header: string, key: HmacKey): unknown {
  const end = token.lastIndexOf('.')
  if (token.length > MAX_TOKEN_CHARS || !token.startsWith(`${header}.`) || end <= header.length) {
    return undefined
  }
  const text = token.slice(0, end)
  const expected = hmacSha256Base64Url(key, text)
  if (!equalInConstantTime(expected, token.slice(end + 1))) return undefined
  return JSON.parse(fromUtf8(fromBase64Url(text.slice(header.length + 1))))
}

function isEmpty(table: object): boolean {
  for (const _ in table) return false
  return true
}

/** Claim names are short, because every request sends the session. JSON omits what is undefined. */
interface SessionClaims {
  i: string
  s: string
  p: string
  b: string
  k: string
  f: string
  n: number
  t: string
  v?: AdmittedUpload['vars'] | undefined
  m?: string | undefined
  c?: string | undefined
  w: UploadMethod
  u?: string | undefined
  z?: number | undefined
  e: number
}

/** The session of an upload. The page can read it, but not change it. */
export function signSession(upload: AdmittedUpload, key: HmacKey): string {
  const claims: SessionClaims = {
    i: upload.id,
    s: upload.subject,
    p: upload.profile,
    b: upload.bucket,
    k: upload.key,
    f: upload.name,
    n: upload.size,
    t: upload.type,
    v: isEmpty(upload.vars) ? undefined : upload.vars,
    m: upload.contentMd5,
    c: upload.crc64,
    w: upload.method,
    u: upload.uploadId,
    z: upload.partSize,
    e: upload.expiresAt,
  }
  return signToken(SESSION_HEADER, claims, key)
}

/**
 * @param who.subject from the bearer token of the same request
 * @throws {UploadRefused} `SESSION_INVALID` when the service did not sign it, or for another subject or bucket;
 *   `SESSION_EXPIRED`
 */
export function verifySession(
  session: string,
  key: HmacKey,
  who: { subject: string; bucket: string; now: Date },
): AdmittedUpload {
  const claims = readToken(session, SESSION_HEADER, key) as SessionClaims | undefined
  // The same message for all, so that nobody learns anything about a session of another user.
  if (!claims || claims.s !== who.subject || claims.b !== who.bucket) {
    throw new UploadRefused(
      'SESSION_INVALID',
      'The session is not of this user and this service; start the upload again.',
    )
  }
  if (who.now.getTime() >= claims.e * 1000) {
    throw new UploadRefused('SESSION_EXPIRED', 'The session has expired; start the upload again.')
  }
  return {
    id: claims.i,
    subject: claims.s,
    profile: claims.p,
    bucket: claims.b,
    key: claims.k,
    name: claims.f,
    size: claims.n,
    type: claims.t,
    vars: claims.v ?? {},
    contentMd5: claims.m,
    crc64: claims.c,
    method: claims.w,
    uploadId: claims.u,
    partSize: claims.z,
    expiresAt: claims.e,
  }
}

/** The facts that the callback returns; a checksum counts only when the page declared it. */
export interface SealedFacts {
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
  const { bucket, key, type, name, contentMd5 = null, crc64 = null } = facts
  return sha256Base64Url(JSON.stringify([bucket, key, type, name, vars, contentMd5, crc64]))
}

const DECLARED_MD5 = 1
const DECLARED_CRC64 = 2

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

/** At most 400 characters in usual cases, to leave the callback's 5 KB to name and variables. */
export function buildSeal(upload: AdmittedUpload, key: HmacKey): string {
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
  return signToken(SEAL_HEADER, claims, key)
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
export function verifySeal(seal: string, key: HmacKey, now: Date): Seal {
  const claims = readToken(seal, SEAL_HEADER, key) as SealClaims | undefined
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
