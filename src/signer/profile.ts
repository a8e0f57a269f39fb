/**
 * Profiles: who may upload what, where to, how large, and for how long. Over 200 lines: type, checks and defaults of a
 * profile belong side by side.
 */
import { type Callback, encodeCallback } from '../protocol/callback.ts'
import { MAX_MULTIPART_BYTES, MAX_SIGNATURE_SECONDS } from '../protocol/limits.ts'
import { type KeyTemplate, parseKeyTemplate } from '../protocol/object-key.ts'
import { isActiveType } from './browser-types.ts'
import { findBodyIssues } from './callback-body.ts'
import { type ClaimRules, findClaimFaults, readClaimRules } from './claims.ts'
import { UploadRefused } from './errors.ts'
import type { UploadMethod } from './ticket.ts'

/** `default`: the ACL of the bucket. */
export type ObjectAcl = 'default' | 'private' | 'public-read'

export type StorageClass = 'Standard' | 'IA' | 'Archive' | 'ColdArchive' | 'DeepColdArchive'

/** Callbacks that go to a server of the application instead of the service. */
export interface DirectCallback {
  /** One to five, tried in order. */
  url: string | string[]
  host?: string | undefined
  /**
   * Template of the body. `acceptCallback` reads the default one, form-encoded or JSON; another one must be verified by the
   * application itself. Names every variable of `vars`.
   * @default all that OSS can fill in, with `x:id`, `x:sub`, `x:profile`, `x:name`, `x:seal`, and `x:traceparent` when the
   *   page's request has a trace
   */
  body?: string | undefined
  /** @default 'application/x-www-form-urlencoded' */
  bodyType?: Callback['bodyType'] | undefined
  /** @default true */
  sni?: boolean | undefined
}

/** The server's rules for one kind of upload. Plain data: it may come from JSON. */
export interface Profile {
  /**
   * Key template, e.g. `avatars/{sub}/{id}.{ext}`. With `{id}`, each upload gets a key of its own. `{claim.tenant}` is the
   * claim `tenant` of the user's token.
   */
  key: string
  /** Placeholders in `key` that `onBeforeUpload` gives values for, e.g. `['tenant']` for `{tenant}`. @default none */
  keyValues?: string[] | undefined
  /** Scopes that the user's token must grant, all of them: its claim `scope` or `scp`. @default none */
  requireScope?: string | string[] | undefined
  /**
   * Lets an upload replace the object that is stored under its key. What is lost: a page can use its ticket a second
   * time, with other bytes of the same size, after the receipt; whatever the application checked no longer holds. What
   * is won: keys without `{id}` can be uploaded again, and OSS saves the check, which costs it time above 1 000 requests
   * a second. @default false: every upload has `x-oss-forbid-overwrite`
   * @see https://www.alibabacloud.com/help/en/oss/developer-reference/putobject
   */
  allowOverwrite?: boolean | undefined
  /** `image/png`, `image/*`, `*` … HTML, SVG, XML and scripts only when named exactly. */
  types: string[]
  /** Bytes. @default 0 */
  minSize?: number | undefined
  /** Bytes. */
  maxSize: number
  /** @default all three */
  methods?: UploadMethod[] | undefined
  /** Files of at least this size go in parts. @default 16 777 216 (16 MiB) */
  multipartFrom?: number | undefined
  /** Bytes of a part; more for large files, which have at most 10 000 parts. @default 8 388 608 (8 MiB) */
  partSize?: number | undefined
  /**
   * Life of URLs and form policies, at most `sessionSeconds`. OSS must have received the whole form within it.
   * @default 900, or `sessionSeconds` if that is less
   */
  ticketSeconds?: number | undefined
  /** @default 86 400 (24 h) */
  sessionSeconds?: number | undefined
  /**
   * Accepts a callback without a HEAD of the object. What is lost: OSS signs the callbacks of all its customers with the
   * same key, so that a user with a bucket of their own can make OSS report an upload that never happened. What is won:
   * one request to OSS per upload. @default false
   */
  trustCallbackSignature?: boolean | undefined
  /** Names of the variables that the page may send. @default none */
  vars?: string[] | undefined
  storageClass?: StorageClass | undefined
  /**
   * ACL of the object. Without it a page could add an ACL to a form, as far as the AccessKey and Block Public Access of
   * the bucket allow it. Needs the permission `oss:PutObjectAcl`. @default not sent
   */
  acl?: ObjectAcl | undefined
  /**
   * Stored with the object. Types that browsers do not just show are always attachments.
   * @default nothing for images but SVG, audio, video, fonts, PDF, plain text, CSV and JSON, else `attachment`
   */
  contentDisposition?: string | undefined
  cacheControl?: string | undefined
  callback?: DirectCallback | undefined
}

/** A profile after all checks, with its defaults and its parsed template. */
export interface ReadyProfile extends ClaimRules {
  name: string
  template: KeyTemplate
  allowOverwrite: boolean
  /** As the profile names them; `accepts` decides. */
  types: readonly string[]
  accepts(essence: string): boolean
  minSize: number
  maxSize: number
  methods: readonly UploadMethod[]
  multipartFrom: number
  partSize?: number | undefined
  ticketSeconds: number
  sessionSeconds: number
  trustCallbackSignature: boolean
  vars: ReadonlySet<string>
  storageClass?: StorageClass | undefined
  acl?: ObjectAcl | undefined
  contentDisposition?: string | undefined
  cacheControl?: string | undefined
  direct?: DirectCallback | undefined
}

const NAME = /^[a-z0-9-]{1,32}$/
const VAR_NAME = /^[a-z][a-z0-9_-]{0,31}$/
/** Variables that the service itself sends. */
const OWN_VARS = new Set(['id', 'name', 'profile', 'seal', 'sub', 'traceparent'])
const MAX_VARS = 20

/** Whether the application may use a variable of this name. */
export function isVarName(name: string): boolean {
  return VAR_NAME.test(name) && !OWN_VARS.has(name)
}

/** `image/png`, `image/*` or `*`. */
export const TYPE_PATTERN =
  /^(?:\*|(?:\*|[a-z0-9][a-z0-9!#$&^_.+-]*)\/\*|[a-z0-9][a-z0-9!#$&^_.+-]*\/[a-z0-9][a-z0-9!#$&^_.+-]*)$/
const MAX_SESSION_SECONDS = 30 * 86_400

const DEFAULT_TICKET_SECONDS = 900
const DEFAULT_SESSION_SECONDS = 86_400

function readLives({ sessionSeconds = DEFAULT_SESSION_SECONDS, ticketSeconds }: Profile) {
  return {
    sessionSeconds,
    ticketSeconds: ticketSeconds ?? Math.min(DEFAULT_TICKET_SECONDS, sessionSeconds),
  }
}

export function createTypeFilter(patterns: readonly string[]): (essence: string) => boolean {
  const exact = new Set(patterns.filter((pattern) => !pattern.endsWith('*')))
  const families = patterns.filter((pattern) => /^[^*].*\/\*$/.test(pattern))
  const prefixes = families.map((pattern) => pattern.slice(0, -1))
  const all = patterns.some((pattern) => pattern === '*' || pattern === '*/*')
  return (essence) =>
    exact.has(essence) ||
    (!isActiveType(essence) && (all || prefixes.some((prefix) => essence.startsWith(prefix))))
}

/** Bytes that a header or form field may hold: visible ASCII and spaces. */
const HEADER_TEXT = /^[!-~](?:[ -~]{0,253}[!-~])?$/

function* findFaults(name: string, profile: Profile): Generator<string> {
  const { minSize = 0, maxSize, methods, vars = [], types } = profile
  if (!NAME.test(name)) yield 'its name must be 1 to 32 of a-z, 0-9 and -'
  if (types.length === 0) yield 'types must name at least one type, or * for all harmless ones'
  for (const type of types) {
    if (!TYPE_PATTERN.test(type)) yield 'types may hold type/subtype, type/* and *, in lower case'
  }
  const whole = Number.isSafeInteger(minSize) && Number.isSafeInteger(maxSize)
  if (!whole || minSize < 0 || maxSize < 1 || minSize > maxSize || maxSize > MAX_MULTIPART_BYTES) {
    yield `minSize and maxSize must be whole bytes, 0 ≤ minSize ≤ maxSize ≤ ${MAX_MULTIPART_BYTES}`
  }
  if (methods?.length === 0) yield 'methods must name at least one of form, put, multipart'
  if (vars.length > MAX_VARS) yield `vars may name at most ${MAX_VARS} variables`
  for (const word of vars) {
    if (!VAR_NAME.test(word)) yield 'vars must be lower-case names such as album or order_id'
    if (OWN_VARS.has(word)) yield `vars must not name ${word}, which the service itself sends`
  }
  for (const text of [profile.contentDisposition, profile.cacheControl]) {
    if (text !== undefined && !HEADER_TEXT.test(text)) yield 'header texts must be printable ASCII'
  }
  const { multipartFrom = 0, partSize = 1 } = profile
  const { sessionSeconds, ticketSeconds } = readLives(profile)
  if (!Number.isSafeInteger(multipartFrom) || multipartFrom < 0) {
    yield 'multipartFrom must be whole bytes'
  }
  if (!Number.isSafeInteger(partSize) || partSize < 1) yield 'partSize must be whole bytes'
  if (!(ticketSeconds >= 1 && ticketSeconds <= MAX_SIGNATURE_SECONDS)) {
    yield `ticketSeconds must be 1 to ${MAX_SIGNATURE_SECONDS}`
  }
  if (!(sessionSeconds >= 1 && sessionSeconds <= MAX_SESSION_SECONDS)) {
    yield `sessionSeconds must be 1 to ${MAX_SESSION_SECONDS}`
  }
  if (ticketSeconds > sessionSeconds) {
    yield 'ticketSeconds must not be more than sessionSeconds: later uploads could not be confirmed'
  }
}

/** The body is checked only where the profile gives it. */
function* findCallbackIssues(
  { url, host, body, bodyType = 'application/x-www-form-urlencoded' }: DirectCallback,
  vars: readonly string[],
): Generator<string> {
  const known: Record<`x:${string}`, string> = {}
  for (const name of [...OWN_VARS, ...vars]) known[`x:${name}`] = ''
  try {
    encodeCallback({ url, body: body ?? 'id=${x:id}', bodyType, ...(host && { host }) }, known)
  } catch (error) {
    yield error instanceof Error ? `callback: ${error.message}` : 'callback is not usable'
  }
  if (body === undefined) return
  for (const issue of findBodyIssues(body, bodyType, vars)) yield `callback.body: ${issue}`
}

/**
 * Checks a profile and fills in the defaults.
 *
 * @throws {UploadRefused} `PROFILE`, naming the profile and everything that is wrong with it
 */
export function prepareProfile(name: string, profile: Profile): ReadyProfile {
  const faults = [...findFaults(name, profile)]
  let template: KeyTemplate | undefined
  try {
    template = parseKeyTemplate(profile.key, profile.keyValues)
  } catch (error) {
    faults.push(error instanceof Error ? `key: ${error.message}` : 'key is not a template')
  }
  const claimRules = readClaimRules(profile, template?.pieces ?? [])
  faults.push(...findClaimFaults(claimRules, template?.pieces))
  const direct = profile.callback
  if (direct) faults.push(...findCallbackIssues(direct, profile.vars ?? []))
  if (!template || faults.length > 0) {
    throw new UploadRefused(
      'PROFILE',
      `The profile ${JSON.stringify(name.slice(0, 64))} cannot be used: ${faults.join('; ')}.`,
    )
  }
  return {
    name,
    template,
    ...claimRules,
    allowOverwrite: profile.allowOverwrite ?? false,
    types: profile.types,
    accepts: createTypeFilter(profile.types),
    minSize: profile.minSize ?? 0,
    maxSize: profile.maxSize,
    methods: profile.methods ?? ['form', 'put', 'multipart'],
    multipartFrom: profile.multipartFrom ?? 16 * 1024 * 1024,
    partSize: profile.partSize,
    ...readLives(profile),
    trustCallbackSignature: profile.trustCallbackSignature ?? false,
    vars: new Set(profile.vars ?? []),
    storageClass: profile.storageClass,
    acl: profile.acl,
    contentDisposition: profile.contentDisposition,
    cacheControl: profile.cacheControl,
    direct,
  }
}

/** What a profile gives up, as sentences for the log at start; none for most. */
export function listWarnings({
  name,
  trustCallbackSignature,
  allowOverwrite,
  direct,
}: ReadyProfile): string[] {
  const warnings: string[] = []
  if (trustCallbackSignature && !direct) {
    warnings.push(
      `The profile ${name} has trustCallbackSignature: a user with a bucket of their own can make OSS report an upload that never happened.`,
    )
  }
  if (direct?.body !== undefined && !direct.body.includes('${x:seal}')) {
    warnings.push(
      `The callback.body of the profile ${name} has no \${x:seal}: its receiver cannot tell your uploads from those of other customers of OSS.`,
    )
  }
  if (allowOverwrite) {
    warnings.push(
      `The profile ${name} has allowOverwrite: a page can replace an object after its receipt, with other bytes of the same size.`,
    )
  }
  return warnings
}
