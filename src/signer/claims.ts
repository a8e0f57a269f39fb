/**
 * Claims: what is known of a user besides the subject. A profile may put them into keys, and may require a scope.
 *
 * @see https://www.rfc-editor.org/rfc/rfc8693#section-4.2
 */
import { KEY_PLACEHOLDERS } from '../protocol/object-key.ts'
import { UploadRefused } from './errors.ts'

/** Of the verified token, or of the application's own `authenticate`. */
export type Claims = Readonly<Record<string, unknown>>

/** The user of a request. */
export interface Identity {
  subject: string
  claims: Claims
}

export const NO_CLAIMS: Claims = Object.freeze({})

/** A scope-token of RFC 6749, section 3.3. */
const SCOPE = /^[\x21\x23-\x5b\x5d-\x7e]{1,128}$/
const KEY_VALUE_NAME = /^[a-z][a-z0-9_-]{0,31}$/
/** More would never fit into a key. */
const MAX_KEY_VALUES = 10

const toList = (value: string | readonly string[] | undefined): readonly string[] =>
  typeof value === 'string' ? [value] : (value ?? [])

/** What a profile asks of claims, and of the application, for its keys. */
export interface ClaimRules {
  scopes: readonly string[]
  /** Claims in the key template. */
  claims: readonly string[]
  /** Placeholders of the key template that the application gives values for. */
  keyValues: readonly string[]
}

/** @param pieces of the key template */
export function readClaimRules(
  {
    requireScope,
    keyValues = [],
  }: {
    requireScope?: string | readonly string[] | undefined
    keyValues?: readonly string[] | undefined
  },
  pieces: readonly string[],
): ClaimRules {
  const names = pieces.filter((piece, at) => at % 2 === 1 && piece.startsWith('claim.'))
  return {
    scopes: toList(requireScope),
    claims: [...new Set(names.map((name) => name.slice('claim.'.length)))],
    keyValues,
  }
}

export function* findClaimFaults(
  { scopes, keyValues }: ClaimRules,
  pieces: readonly string[] | undefined,
): Generator<string> {
  if (scopes.some((scope) => !SCOPE.test(scope))) {
    yield 'requireScope must hold scopes such as upload:write, without spaces'
  }
  if (keyValues.length > MAX_KEY_VALUES) yield `keyValues may name at most ${MAX_KEY_VALUES} values`
  for (const name of keyValues) {
    if (!KEY_VALUE_NAME.test(name)) yield 'keyValues must be lower-case names such as tenant'
    else if (KEY_PLACEHOLDERS.some((known) => known === name)) {
      yield `keyValues must not name ${name}, which the service itself fills in`
    } else if (pieces && !pieces.some((piece, at) => at % 2 === 1 && piece === name)) {
      yield `keyValues names ${name}, but key has no {${name}}`
    }
  }
}

/** `scope` is a text with spaces (RFC 8693) or a list; some issuers call it `scp`. */
function listScopes(claims: Claims): unknown[] {
  return ['scope', 'scp'].flatMap((name): unknown[] => {
    const value = Object.hasOwn(claims, name) ? claims[name] : undefined
    if (typeof value === 'string') return value.split(' ')
    return Array.isArray(value) ? value : []
  })
}

/** @throws {UploadRefused} `SCOPE_MISSING` */
export function requireScopes({ scopes }: Pick<ClaimRules, 'scopes'>, claims: Claims): void {
  if (scopes.length === 0) return
  const granted = new Set(listScopes(claims))
  const missing = scopes.filter((scope) => !granted.has(scope))
  if (missing.length === 0) return
  throw new UploadRefused(
    'SCOPE_MISSING',
    `The profile needs the scope ${missing.join(' ')}, which the token does not grant.`,
  )
}

/** A number and the same number as text give the same key. */
function readClaim(claims: Claims, name: string): string {
  const value = Object.hasOwn(claims, name) ? claims[name] : undefined
  if (typeof value === 'string' && value !== '' && value.isWellFormed()) return value
  if (Number.isSafeInteger(value)) return String(value)
  throw new UploadRefused(
    'CLAIM_MISSING',
    `The profile needs the claim ${name} as a text or a whole number, which the token does not have.`,
  )
}

/**
 * The values of `{claim.…}` and of the profile's `keyValues`.
 *
 * @param given by the application; those that are missing are refused when the key is built
 * @throws {UploadRefused} `CLAIM_MISSING`
 */
export function* listKeyValues(
  rules: ClaimRules,
  claims: Claims,
  given: Readonly<Record<string, string>>,
): Generator<[placeholder: string, value: string]> {
  for (const name of rules.claims) yield [`claim.${name}`, readClaim(claims, name)]
  for (const name of rules.keyValues) {
    const value = Object.hasOwn(given, name) ? given[name] : undefined
    if (value !== undefined) yield [name, value]
  }
}
