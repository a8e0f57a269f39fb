/**
 * What the application says of an upload before its ticket is issued: yes, no, or yes with additions. Whatever is not a
 * clear yes refuses the upload.
 */
import * as v from 'valibot'
import { checkUpload } from '../signer/admit-upload.ts'
import type { Claims, Identity } from '../signer/claims.ts'
import { narrowUpload, type UploadAdditions } from '../signer/narrow-upload.ts'
import type { ReadyProfile } from '../signer/profile.ts'
import { PENDING, waitAtMost } from '../signer/single-flight.ts'
import type { UploadMethod, UploadRequest } from '../signer/ticket.ts'
import { ServiceError } from './errors.ts'
import { bytes, text, textTable } from './schemas.ts'

/** An upload that the profile allows. */
export interface BeforeUpload {
  subject: string
  claims: Claims
  /** Name of the profile. */
  profile: string
  file: {
    /** As the user sees it. */
    name: string
    /** Media type, as it will be stored. */
    type: string
    /** bytes */
    size: number
  }
  /** As the page sent them. */
  vars: Readonly<Record<string, string>>
  method: UploadMethod
}

export interface BeforeUploadAllowed extends UploadAdditions {
  allow: true
}

export interface BeforeUploadRefused {
  allow: false
  /** For the page's program: capitals, digits and `_`, at most 64. */
  code: string
  /** For the page's user, at most 500 characters; no secret. */
  message: string
  /** When it may work: status 429 with `Retry-After` instead of 403. */
  retryAfterSeconds?: number | undefined
}

export type BeforeUploadResult = BeforeUploadAllowed | BeforeUploadRefused

/**
 * Called once for each ticket, after the profile's own checks and before anything is signed or opened on OSS. `undefined`
 * allows. What it throws, a result of another shape, and a time limit of 2 s refuse with status 503.
 *
 * @param upload.request the request of the page; its body has been read
 */
export type OnBeforeUpload = (
  upload: BeforeUpload & { request: Request },
) => BeforeUploadResult | undefined | Promise<BeforeUploadResult | undefined>

/** Throws {ServiceError} `UPLOAD_REFUSED`, `BEFORE_UPLOAD_FAILED`, and what `checkUpload` throws. */
export type AskBeforeUpload = (
  profile: ReadyProfile,
  request: UploadRequest,
  identity: Identity,
  httpRequest: Request,
) => Promise<ReturnType<typeof narrowUpload>>

export const BEFORE_UPLOAD_LIMIT_MS = 2000
const RETRY_AFTER_SECONDS = 5

const seconds = v.pipe(v.number(), v.minValue(1), v.maxValue(86_400))

const result = v.variant('allow', [
  v.strictObject({
    allow: v.literal(true),
    keyValues: v.optional(textTable),
    vars: v.optional(textTable),
    limits: v.optional(
      v.strictObject({
        maxSize: v.optional(bytes),
        types: v.optional(v.array(text)),
        sessionSeconds: v.optional(seconds),
      }),
    ),
  }),
  v.strictObject({
    allow: v.literal(false),
    code: v.pipe(text, v.regex(/^[A-Z][A-Z0-9_]{0,63}$/)),
    message: v.pipe(text, v.minLength(1), v.maxLength(500)),
    retryAfterSeconds: v.optional(seconds),
  }),
]) satisfies v.GenericSchema<unknown, BeforeUploadResult>

/** @throws {TypeError} naming the field, without its value */
export function readBeforeUploadResult(value: unknown): BeforeUploadResult {
  const parsed = v.safeParse(result, value, { abortEarly: true })
  if (parsed.success) return parsed.output
  const field = v.getDotPath(parsed.issues[0]) ?? 'the whole'
  throw new TypeError(
    `The result is not { allow: true, … } or { allow: false, code, message }: ${field.slice(0, 64)} is missing, wrong or unknown.`,
  )
}

function fail(cause: unknown): never {
  throw new ServiceError(
    'BEFORE_UPLOAD_FAILED',
    'Whether this upload is allowed cannot be found out at the moment; try again shortly.',
    { cause, retryAfterSeconds: RETRY_AFTER_SECONDS },
  )
}

function refuse({ code, message, retryAfterSeconds }: BeforeUploadRefused): never {
  throw new ServiceError('UPLOAD_REFUSED', message, {
    applicationCode: code,
    ...(retryAfterSeconds !== undefined && { retryAfterSeconds, retryable: true }),
  })
}

/** @param limitMs of the application */
export function createAskBeforeUpload(
  onBeforeUpload: OnBeforeUpload,
  limitMs: number = BEFORE_UPLOAD_LIMIT_MS,
): AskBeforeUpload {
  async function ask(upload: BeforeUpload, request: Request): Promise<BeforeUploadResult> {
    // Verified tokens are cached: a change by the application must not last.
    const claims = structuredClone(upload.claims)
    const value = await onBeforeUpload({ ...upload, claims, request })
    return value === undefined ? { allow: true } : readBeforeUploadResult(value)
  }

  return async (profile, request, { subject, claims }, httpRequest) => {
    const { name, type, vars, method } = checkUpload(profile, request, claims)
    const file = { name, type: type.text, size: request.size }
    const upload = { subject, claims, profile: profile.name, file, vars, method }
    const said = await waitAtMost(ask(upload, httpRequest), limitMs).catch(fail)
    if (said === PENDING) return fail(new Error(`onBeforeUpload took more than ${limitMs} ms.`))
    if (!said.allow) return refuse(said)
    try {
      return narrowUpload(profile, request, said)
    } catch (cause) {
      return fail(cause)
    }
  }
}
