/**
 * Profiles as they come from JSON: known keys only, then the signer's own checks.
 */
import * as v from 'valibot'
import { UploadRefused } from '../signer/errors.ts'
import { type Profile, prepareProfile, type ReadyProfile } from '../signer/profile.ts'

const text = v.string('must be a text')
const number = v.pipe(v.number('must be a number'), v.safeInteger('must be a whole number'))
const texts = v.array(text, 'must be a list of texts')
const bool = v.boolean('must be true or false')
const bodyTypes = ['application/x-www-form-urlencoded', 'application/json'] as const
const methods = ['form', 'put', 'multipart'] as const
const storageClasses = ['Standard', 'IA', 'Archive', 'ColdArchive', 'DeepColdArchive'] as const

const acls = ['default', 'private', 'public-read'] as const

const callback = v.strictObject({
  url: v.union([text, texts], 'must be a URL or a list of URLs'),
  host: v.optional(text),
  body: v.optional(text),
  bodyType: v.optional(v.picklist(bodyTypes, `must be one of ${bodyTypes.join(', ')}`)),
  sni: v.optional(bool),
})

const profile = v.strictObject({
  key: text,
  keyValues: v.optional(texts),
  requireScope: v.optional(v.union([text, texts], 'must be a scope or a list of scopes')),
  allowOverwrite: v.optional(bool),
  types: texts,
  minSize: v.optional(number),
  maxSize: number,
  methods: v.optional(v.array(v.picklist(methods, `must be one of ${methods.join(', ')}`))),
  multipartFrom: v.optional(number),
  partSize: v.optional(number),
  ticketSeconds: v.optional(number),
  sessionSeconds: v.optional(number),
  trustCallbackSignature: v.optional(bool),
  vars: v.optional(texts),
  storageClass: v.optional(
    v.picklist(storageClasses, `must be one of ${storageClasses.join(', ')}`),
  ),
  acl: v.optional(v.picklist(acls, `must be one of ${acls.join(', ')}`)),
  contentDisposition: v.optional(text),
  cacheControl: v.optional(text),
  callback: v.optional(callback),
}) satisfies v.GenericSchema<unknown, Profile>

/** Issues about one profile; more would hide the first. */
const MAX_ISSUES = 10

function describeIssue(name: string, issue: v.BaseIssue<unknown>): string {
  const path = v.getDotPath(issue)
  const where = path === null ? name : `${name}.${path}`
  if (issue.type !== 'strict_object') return `${where}: ${issue.message}`
  if (issue.expected === 'never') return `${where}: is no setting of a profile`
  return `${where}: ${issue.expected === 'Object' ? 'must be an object' : 'is missing'}`
}

/** Checks all profiles, and says everything that is wrong with them. */
export function readProfiles(value: unknown): {
  profiles: Map<string, ReadyProfile>
  issues: string[]
} {
  const profiles = new Map<string, ReadyProfile>()
  const issues: string[] = []
  const isTable = typeof value === 'object' && value !== null && !Array.isArray(value)
  const entries: [string, unknown][] = isTable ? Object.entries(value) : []
  if (entries.length === 0) issues.push('must be an object with at least one profile, by name')
  for (const [name, raw] of entries) {
    const parsed = v.safeParse(profile, raw)
    if (!parsed.success) {
      issues.push(...parsed.issues.slice(0, MAX_ISSUES).map((issue) => describeIssue(name, issue)))
      continue
    }
    try {
      profiles.set(name, prepareProfile(name, parsed.output))
    } catch (error) {
      if (!(error instanceof UploadRefused)) throw error
      issues.push(error.message)
    }
  }
  return { profiles, issues }
}
