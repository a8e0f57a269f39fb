/**
 * The session: everything about an upload, signed, held by the page. The page can read it, but not change it.
 */
import type { AdmittedUpload } from './admit-upload.ts'
import { UploadRefused } from './errors.ts'
import type { SessionOwner } from './session-owner.ts'
import type { UploadMethod } from './ticket.ts'
import { createTokenFormat, type Secrets } from './token.ts'

/** Claim names are short, because every request sends the session. JSON omits what is undefined. */
interface SessionClaims {
  i: string
  s: string
  a: string
  d: string
  p: string
  b: string
  k: string
  f: string
  n: number
  t: string
  x?: AdmittedUpload['vars'] | undefined
  m?: string | undefined
  c?: string | undefined
  w: UploadMethod
  u?: string | undefined
  z?: number | undefined
  r?: string | undefined
  e: number
}

const format = createTokenFormat<SessionClaims>('upcall-session', 1)

function isEmpty(table: object): boolean {
  for (const _ in table) return false
  return true
}

/** The session of an upload. */
export function signSession(upload: AdmittedUpload, secrets: Secrets): string {
  const claims: SessionClaims = {
    i: upload.id,
    s: upload.subject,
    a: upload.issuer,
    d: upload.deployment,
    p: upload.profile,
    b: upload.bucket,
    k: upload.key,
    f: upload.name,
    n: upload.size,
    t: upload.type,
    x: isEmpty(upload.vars) ? undefined : upload.vars,
    m: upload.contentMd5,
    c: upload.crc64,
    w: upload.method,
    u: upload.uploadId,
    z: upload.partSize,
    r: upload.traceparent,
    e: upload.expiresAt,
  }
  return format.sign(claims, secrets)
}

/**
 * @throws {UploadRefused} `SESSION_INVALID` when the service did not sign it, or for another subject, issuer, bucket or
 *   deployment; `SESSION_EXPIRED`
 */
export function verifySession(
  session: string,
  secrets: Secrets,
  who: SessionOwner & { now: Date },
): AdmittedUpload {
  const claims = format.read(session, secrets)
  const isOwn =
    claims?.s === who.subject &&
    claims.a === who.issuer &&
    claims.b === who.bucket &&
    claims.d === who.deployment
  // The same message for all, so that nobody learns anything about a session of another user.
  if (!isOwn) {
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
    issuer: claims.a,
    deployment: claims.d,
    profile: claims.p,
    bucket: claims.b,
    key: claims.k,
    name: claims.f,
    size: claims.n,
    type: claims.t,
    vars: claims.x ?? {},
    contentMd5: claims.m,
    crc64: claims.c,
    method: claims.w,
    uploadId: claims.u,
    partSize: claims.z,
    expiresAt: claims.e,
    traceparent: claims.r,
  }
}
