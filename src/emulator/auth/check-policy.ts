/**
 * The policy of PostObject: grammar, expiry, conditions. Written from the manual, without code of `protocol`.
 * Over 200 lines, because the grammar and the conditions that it produces are read together.
 *
 * @see https://www.alibabacloud.com/help/en/oss/developer-reference/postobject#section-d5z-1ww-wdb
 */
import { fromBase64, fromUtf8 } from '../../protocol/bytes.ts'
import type { Unconfirmed } from '../behavior/unconfirmed.ts'
import { OssError } from '../http/errors.ts'

type Condition =
  | { kind: 'eq' | 'starts-with'; field: string; value: string; printed: string }
  | { kind: 'in' | 'not-in'; field: string; values: string[]; printed: string }
  | { kind: 'content-length-range'; min: number; max: number }

export interface Policy {
  expiration: Date
  conditions: Condition[]
}

function invalidPolicy(reason: string, ec?: string): OssError {
  return new OssError('InvalidPolicyDocument', `Invalid Policy: ${reason}`, ec ? { ec } : {})
}

function denied(reason: string, ec: string): OssError {
  return new OssError('AccessDenied', `Invalid according to Policy: ${reason}`, { ec })
}

/**
 * @param base64 the form field `policy`
 * @throws {OssError} `InvalidPolicyDocument` with the EC of each issue
 */
export function parsePolicy(base64: string): Policy {
  const document = parseJson(base64)
  if (typeof document !== 'object' || document === null || Array.isArray(document)) {
    throw invalidPolicy('Invalid JSON.', '0006-00000201')
  }
  const { expiration, conditions, ...others } = document as Record<string, unknown>
  const [unknown] = Object.keys(others)
  if (unknown !== undefined) {
    throw invalidPolicy(`Invalid JSON. Unknown key ${JSON.stringify(unknown)}.`, '0006-00000206')
  }
  if (expiration === undefined && conditions === undefined) {
    throw invalidPolicy('Policy missing expiration and conditions.', '0006-00000209')
  }
  if (conditions === undefined) throw invalidPolicy('Policy missing conditions.', '0006-00000207')
  if (expiration === undefined) throw invalidPolicy('Policy missing expiration.', '0006-00000208')
  if (!Array.isArray(conditions)) {
    throw invalidPolicy('Invalid conditions: must be a list.', '0006-00000214')
  }
  if (conditions.length === 0) {
    throw invalidPolicy('Invalid conditions: the list is empty.', '0006-00000215')
  }
  return { expiration: parseExpiration(expiration), conditions: conditions.map(parseCondition) }
}

function parseJson(base64: string): unknown {
  try {
    const text = fromUtf8(fromBase64(base64))
    // OSS has an escape that JSON lacks: `\$` for a literal dollar.
    return JSON.parse(text.replace(/\\(.)/gs, (pair, char) => (char === '$' ? '$' : pair)))
  } catch {
    throw invalidPolicy('Invalid JSON.', '0006-00000201')
  }
}

const ISO_UTC = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$/

function parseExpiration(value: unknown): Date {
  if (typeof value !== 'string') {
    throw invalidPolicy('Invalid expiration: must be a string.', '0006-00000210')
  }
  if (value === '') throw invalidPolicy('Invalid expiration: it is empty.', '0006-00000211')
  const time = new Date(value)
  if (!ISO_UTC.test(value) || Number.isNaN(time.getTime())) {
    throw invalidPolicy('Invalid expiration: must be ISO 8601 in UTC.')
  }
  return time
}

function parseCondition(condition: unknown): Condition {
  if (Array.isArray(condition)) return parseList(condition)
  if (typeof condition !== 'object' || condition === null) {
    throw invalidPolicy('Invalid Condition: must be a list or an object.', '0006-00000222')
  }
  const [property, ...more] = Object.entries(condition)
  if (!property || more.length > 0) {
    const rule = 'Simple-Conditions must have exactly one property specified.'
    throw invalidPolicy(`Invalid Simple-Condition: ${rule}`, '0006-00000218')
  }
  const [name, value] = property
  if (typeof value !== 'string') {
    throw invalidPolicy('Invalid Simple-Condition: the value must be a string.', '0006-00000218')
  }
  return buildCondition('eq', name, value)
}

function buildCondition(kind: 'eq' | 'starts-with', name: string, value: string): Condition {
  const field = name.replace(/^\$/, '')
  const printed = `["${kind}", "$${field}", ${JSON.stringify(value)}]`
  return { kind, field: field.toLowerCase(), value, printed }
}

function parseList(list: unknown[]): Condition {
  const [mode, name, value] = list
  const kind = typeof mode === 'string' ? mode.toLowerCase() : ''
  if (kind === 'content-length-range') return parseRange(list)
  if (kind !== 'eq' && kind !== 'starts-with' && kind !== 'in' && kind !== 'not-in') {
    throw invalidPolicy('Invalid Condition: unknown matching mode.', '0006-00000216')
  }
  const bad = () => invalidPolicy(`Invalid ${kind} Condition.`, '0006-00000218')
  if (list.length !== 3 || typeof name !== 'string' || name === '') throw bad()
  if (kind !== 'eq' && !name.startsWith('$')) throw bad()
  if (kind === 'eq' || kind === 'starts-with') {
    if (typeof value !== 'string') throw bad()
    return buildCondition(kind, name, value)
  }
  if (!Array.isArray(value) || !value.every((item) => typeof item === 'string')) throw bad()
  const field = name.slice(1)
  const printed = `["${kind}", "$${field}", [${value.map((item) => JSON.stringify(item)).join(',')}]]`
  return { kind, field: field.toLowerCase(), values: value, printed }
}

function parseRange(list: unknown[]): Condition {
  const [, min, max] = list
  const isLength = (value: unknown): value is number => Number.isSafeInteger(value)
  if (list.length !== 3 || !isLength(min) || !isLength(max) || min < 0) {
    throw invalidPolicy('Invalid JSON.', '0006-00000221')
  }
  if (max < min) {
    throw invalidPolicy('Invalid content-length-range: max is less than min.', '0006-00000219')
  }
  return { kind: 'content-length-range', min, max }
}

/** @throws {OssError} `AccessDenied`, EC 0006-00000213 */
export function checkPolicyExpiry({ expiration }: Policy, now: Date): void {
  if (expiration <= now) throw denied('Policy expired.', '0006-00000213')
}

/**
 * Checks every condition but the length. Names of fields are lower case; `bucket` is among them.
 *
 * @param required names that need a condition: the V4 fields
 * @throws {OssError} `AccessDenied`, EC 0006-00000226 … 228
 */
export function checkPolicyConditions(
  { conditions }: Policy,
  fields: ReadonlyMap<string, string>,
  required: string[],
  unconfirmed: Unconfirmed,
): void {
  const bound = new Set(conditions.map((c) => ('field' in c ? c.field : '')))
  const free = unconfirmed.extraFormFields === 'all' ? [...fields.keys()] : []
  const extra = [...required, ...free].find((name) => !bound.has(name) && !NEVER_BOUND.has(name))
  if (extra !== undefined) throw denied(`Extra input fields: ${extra}`, '0006-00000228')
  for (const condition of conditions) {
    if (condition.kind === 'content-length-range') continue
    const value = fields.get(condition.field)
    const failure = `Policy Condition failed: ${condition.printed}`
    if (value === undefined) {
      const mayLack =
        unconfirmed.emptyPrefixAllowsMissing &&
        condition.kind === 'starts-with' &&
        condition.value === ''
      if (!mayLack) throw denied(failure, '0006-00000226')
    } else if (!holds(condition, value)) throw denied(failure, '0006-00000227')
  }
}

/** Fields that carry the signature itself, and `bucket`, which is not a field of the form. */
const NEVER_BOUND = new Set([
  'policy',
  'signature',
  'ossaccesskeyid',
  'x-oss-signature',
  'bucket',
  'file',
])

function holds(
  condition: Exclude<Condition, { kind: 'content-length-range' }>,
  value: string,
): boolean {
  switch (condition.kind) {
    case 'eq':
      return value === condition.value
    case 'starts-with':
      return value.startsWith(condition.value)
    case 'in':
      return condition.values.includes(value)
    case 'not-in':
      return !condition.values.includes(value)
  }
}

/** Bounds of the file's size: the tightest of all ranges. */
export function readLengthRange({ conditions }: Policy): { min: number; max: number } {
  let [min, max] = [0, Number.POSITIVE_INFINITY]
  for (const condition of conditions) {
    if (condition.kind !== 'content-length-range') continue
    min = Math.max(min, condition.min)
    max = Math.min(max, condition.max)
  }
  return { min, max }
}
