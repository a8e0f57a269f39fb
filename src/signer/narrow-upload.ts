/**
 * What the application adds to an upload before it is admitted: values for the key, variables, smaller limits. Nothing
 * here can allow what the profile does not.
 */
import { createTypeFilter, isVarName, type ReadyProfile, TYPE_PATTERN } from './profile.ts'
import type { UploadRequest } from './ticket.ts'

export interface UploadLimits {
  /** Bytes; the smaller of this and the profile's counts. */
  maxSize?: number | undefined
  /** As in a profile; a type must be allowed by both. */
  types?: readonly string[] | undefined
  /** The smaller of this and the profile's counts. */
  sessionSeconds?: number | undefined
}

export interface UploadAdditions {
  /** Values of the profile's `keyValues`, all of them. */
  keyValues?: Readonly<Record<string, string>> | undefined
  /** Variables of the receipt. They replace those of the page; names that the profile does not list are out of its reach. */
  vars?: Readonly<Record<string, string>> | undefined
  limits?: UploadLimits | undefined
}

function* findKeyValueFaults(
  { keyValues }: ReadyProfile,
  given: Readonly<Record<string, string>>,
): Generator<string> {
  for (const name of keyValues) {
    const value = Object.hasOwn(given, name) ? given[name] : undefined
    if (value === '' || !value?.isWellFormed())
      yield `keyValues.${name} is missing, or no text of valid Unicode`
  }
  if (Object.keys(given).some((name) => !keyValues.includes(name))) {
    yield 'keyValues has a name that the profile does not list'
  }
}

function* findFaults(profile: ReadyProfile, additions: UploadAdditions): Generator<string> {
  const { keyValues = {}, vars = {}, limits = {} } = additions
  yield* findKeyValueFaults(profile, keyValues)
  for (const name of Object.keys(vars)) {
    if (!isVarName(name)) yield 'vars has a name that no variable may have'
    else if (profile.direct?.body !== undefined && !profile.vars.has(name)) {
      yield `vars.${name} is not in the callback body of the profile`
    }
  }
  const { maxSize = 0, types = [], sessionSeconds = 1 } = limits
  if (!Number.isSafeInteger(maxSize) || maxSize < 0) yield 'limits.maxSize must be whole bytes'
  if (types.some((type) => !TYPE_PATTERN.test(type))) {
    yield 'limits.types may hold type/subtype, type/* and *, in lower case'
  }
  if (!Number.isSafeInteger(sessionSeconds) || sessionSeconds < 1) {
    yield 'limits.sessionSeconds must be whole seconds'
  }
}

function narrowProfile(
  profile: ReadyProfile,
  { vars = {}, limits }: UploadAdditions,
): ReadyProfile {
  const isVarNew = Object.keys(vars).some((name) => !profile.vars.has(name))
  // The same object where nothing changes: callback texts are cached with it.
  if (!limits && !isVarNew) return profile
  const { maxSize = profile.maxSize, types, sessionSeconds = profile.sessionSeconds } = limits ?? {}
  const isAlsoAllowed = types && createTypeFilter(types)
  const lifeSeconds = Math.min(sessionSeconds, profile.sessionSeconds)
  return {
    ...profile,
    maxSize: Math.min(maxSize, profile.maxSize),
    accepts: (essence) => profile.accepts(essence) && (isAlsoAllowed?.(essence) ?? true),
    sessionSeconds: lifeSeconds,
    ticketSeconds: Math.min(profile.ticketSeconds, lifeSeconds),
    vars: new Set([...profile.vars, ...Object.keys(vars)]),
  }
}

/**
 * The profile and the request by which the upload is admitted.
 *
 * @throws {TypeError} when the additions are not such as the profile takes; the message names fields, no values
 */
export function narrowUpload(
  profile: ReadyProfile,
  request: UploadRequest,
  additions: UploadAdditions,
): { profile: ReadyProfile; request: UploadRequest; keyValues: Readonly<Record<string, string>> } {
  const faults = [...findFaults(profile, additions)]
  if (faults.length > 0) throw new TypeError(`The additions cannot be used: ${faults.join('; ')}.`)
  const { vars, keyValues = {} } = additions
  return {
    profile: narrowProfile(profile, additions),
    request: vars ? { ...request, vars: { ...request.vars, ...vars } } : request,
    keyValues,
  }
}
