/**
 * Checks a page's request for an upload against the profile, and decides everything about the upload.
 * Over 200 lines: every check of a request, in their order.
 */
import { toUtf8 } from '../protocol/bytes.ts'
import { MAX_SINGLE_BYTES } from '../protocol/limits.ts'
import { buildObjectKey } from '../protocol/object-key.ts'
import { planParts } from '../protocol/part-plan.ts'
import { formatTime } from '../protocol/time.ts'
import { checkSize, checkType } from './check-file.ts'
import { type Claims, listKeyValues, NO_CLAIMS, requireScopes } from './claims.ts'
import { UploadRefused } from './errors.ts'
import { chooseExtension, type MediaType, parseMediaType } from './media-type.ts'
import type { ReadyProfile } from './profile.ts'
import type { SessionOwner } from './session-owner.ts'
import { formatSize } from './size-text.ts'
import type { UploadMethod, UploadRequest } from './ticket.ts'

/** Everything that is decided about one upload. The session contains it, the seal proves it. */
export interface AdmittedUpload {
  id: string
  subject: string
  /** `iss` of the bearer token that named the subject. */
  issuer: string
  /** Name of the service among those with the same secret and bucket. */
  deployment: string
  /** Name of the profile. */
  profile: string
  bucket: string
  key: string
  /** The user's file name; never part of a path. */
  name: string
  /** bytes, exact */
  size: number
  /** As it is stored. */
  type: string
  vars: Readonly<Record<string, string>>
  /** Base64; only when the page declared it. */
  contentMd5?: string | undefined
  /** Decimal; only when the page declared it. */
  crc64?: string | undefined
  method: UploadMethod
  /** Multipart only, after InitiateMultipartUpload. */
  uploadId?: string | undefined
  /** Multipart only. */
  partSize?: number | undefined
  /** End of the session, Unix seconds. */
  expiresAt: number
  /** The trace that the page's request belongs to, as `parseTraceparent` returns it. */
  traceparent?: string | undefined
}

/** Bytes of UTF-8; file systems allow 255 to 1 020. */
const MAX_NAME_BYTES = 1024
/** All names and values together, bytes of UTF-8: with name and seal they must fit into `MAX_CALLBACK_CHARS`. */
const MAX_VARS_BYTES = 2048

/** Line ends as LF: browsers send every line end of a form field as CR LF. */
export function normalizeLineEnds(text: string): string {
  return text.includes('\r') ? text.replaceAll(/\r\n?/g, '\n') : text
}

function readName(text: string): string {
  if (text === '' || /\p{Cs}/u.test(text)) {
    throw new UploadRefused('FILE_NAME', 'The file name is empty or not valid Unicode.')
  }
  if (text.length * 3 > MAX_NAME_BYTES && toUtf8(text).length > MAX_NAME_BYTES) {
    throw new UploadRefused('FILE_NAME', `The file name is longer than ${MAX_NAME_BYTES} bytes.`)
  }
  return normalizeLineEnds(text)
}

function emptyVars(names: ReadonlySet<string>): Record<string, string> {
  return Object.fromEntries([...names].map((name) => [name, '']))
}

function readVars(
  given: Readonly<Record<string, string>> | undefined,
  allowed: ReadonlySet<string>,
): Record<string, string> {
  const vars: Record<string, string> = {}
  let bytes = 0
  // Sorted, so that the same variables give the same callback text.
  for (const name of Object.keys(given ?? {}).sort()) {
    const value = given?.[name] ?? ''
    if (!allowed.has(name)) {
      throw new UploadRefused(
        'VAR_REFUSED',
        'The profile does not allow a variable of this name; its vars list the names that it does.',
      )
    }
    if (/\p{Cs}/u.test(value)) {
      throw new UploadRefused('VAR_REFUSED', `The variable ${name} is not valid Unicode.`)
    }
    bytes += name.length + toUtf8(value).length
    vars[name] = normalizeLineEnds(value)
  }
  if (bytes > MAX_VARS_BYTES) {
    throw new UploadRefused(
      'VARS_TOO_LONG',
      `All variables together may have ${MAX_VARS_BYTES} bytes.`,
    )
  }
  return vars
}

function chooseMethod(profile: ReadyProfile, { method, size }: UploadRequest): UploadMethod {
  const { methods, multipartFrom } = profile
  if (method && !methods.includes(method)) {
    throw new UploadRefused('METHOD_REFUSED', `The profile does not allow the method ${method}.`)
  }
  const inParts = size > 0 && size >= multipartFrom
  const wish: UploadMethod[] = inParts ? ['multipart', 'form', 'put'] : ['form', 'put', 'multipart']
  const chosen = method ?? wish.find((candidate) => methods.includes(candidate)) ?? 'form'
  if (chosen === 'multipart' && size === 0) {
    throw new UploadRefused(
      'FILE_EMPTY',
      'An empty file has no parts; use the method form or put, if the profile allows one.',
    )
  }
  if (chosen !== 'multipart' && size > MAX_SINGLE_BYTES) {
    throw new UploadRefused(
      'FILE_TOO_LARGE',
      `A file over ${formatSize(MAX_SINGLE_BYTES)} must go in parts, which the profile or the request rules out.`,
    )
  }
  return chosen
}

function buildKey(
  profile: ReadyProfile,
  { subject, id, now, claims = NO_CLAIMS, keyValues = {} }: Uploader,
  { type, name }: CheckedUpload,
): string {
  const day = formatTime(now)
  const values: Record<string, string> = {
    sub: subject,
    id,
    ext: chooseExtension(type.essence, name),
    profile: profile.name,
    yyyy: day.slice(0, 4),
    mm: day.slice(4, 6),
    dd: day.slice(6, 8),
  }
  for (const [name, value] of listKeyValues(profile, claims, keyValues)) values[name] = value
  return buildObjectKey(profile.template, values)
}

/** What is known of a request that the profile allows, before its key is made. */
export interface CheckedUpload {
  type: MediaType
  name: string
  method: UploadMethod
  vars: Record<string, string>
}

/**
 * Checks a request against its profile.
 *
 * @throws {UploadRefused} `SCOPE_MISSING`, `TYPE_REFUSED`, `FILE_TOO_LARGE`, `FILE_TOO_SMALL`, `FILE_EMPTY`, `FILE_NAME`,
 *   `METHOD_REFUSED`, `VAR_REFUSED`, `VARS_TOO_LONG`, `CONTENT_MD5_REFUSED`
 */
export function checkUpload(
  profile: ReadyProfile,
  request: UploadRequest,
  claims: Claims,
): CheckedUpload {
  requireScopes(profile, claims)
  const type = parseMediaType(request.type)
  checkType(profile, request.type, type)
  checkSize(profile, request.size)
  const method = chooseMethod(profile, request)
  if (method === 'multipart' && request.contentMd5 !== undefined) {
    throw new UploadRefused(
      'CONTENT_MD5_REFUSED',
      'OSS has no MD5 of a file sent in parts; declare crc64 instead.',
    )
  }
  return {
    type,
    name: readName(request.name),
    method,
    // An application's own body names all variables: what the page leaves out is empty text.
    vars: readVars(
      { ...(profile.direct && emptyVars(profile.vars)), ...request.vars },
      profile.vars,
    ),
  }
}

/** Who asks for an upload, and when. */
export interface Uploader extends SessionOwner {
  /** New and unguessable. */
  id: string
  now: Date
  /** @default none */
  claims?: Claims | undefined
  /** Values of the application for the key. @default none */
  keyValues?: Readonly<Record<string, string>> | undefined
}

/**
 * Checks a request against its profile and decides everything about the upload.
 *
 * @throws {UploadRefused} what `checkUpload` throws, and `CLAIM_MISSING`
 * @throws {ProtocolError} `OBJECT_KEY`, `PART_PLAN`
 */
export function admitUpload(
  profile: ReadyProfile,
  request: UploadRequest,
  who: Uploader,
): AdmittedUpload {
  const checked = checkUpload(profile, request, who.claims ?? NO_CLAIMS)
  const { type, name, method, vars } = checked
  const partSize = request.partSize ?? profile.partSize
  return {
    id: who.id,
    subject: who.subject,
    issuer: who.issuer,
    deployment: who.deployment,
    profile: profile.name,
    bucket: who.bucket,
    key: buildKey(profile, who, checked),
    name,
    size: request.size,
    type: type.text,
    vars,
    contentMd5: request.contentMd5,
    crc64: request.crc64,
    method,
    ...(method === 'multipart' && {
      partSize: planParts(request.size, partSize === undefined ? {} : { partSize }).partSize,
    }),
    expiresAt: Math.floor(who.now.getTime() / 1000) + profile.sessionSeconds,
  }
}
