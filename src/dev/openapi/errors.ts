/** Which codes of errors a route has, and under which status. */
import { PROTOCOL_STATUS, STATUS } from '../../service/problem.ts'
import { type Json, json, ref } from './json.ts'

/** Codes by status, of one route. */
export const ALL_STATUS = { ...STATUS, ...PROTOCOL_STATUS, INTERNAL: 500 }
export type Codes = readonly (keyof typeof ALL_STATUS)[]

const statusOf = (code: Codes[number]): number => ALL_STATUS[code]

/** Of every route with a JSON body. */
export const BODY: Codes = [
  'BODY_CONSUMED',
  'BODY_FIELD',
  'BODY_INCOMPLETE',
  'BODY_JSON',
  'BODY_TIMEOUT',
  'BODY_TOO_LARGE',
  'BODY_TYPE',
]
/** Of every route that wants the token of a user. */
export const USER: Codes = [
  'AUTHENTICATION_FAILED',
  'MOUNT_PATH',
  'RATE_LIMITED',
  'TOKEN_EXPIRED',
  'TOKEN_INVALID',
  'TOKEN_KEYS_UNREACHABLE',
  'TOKEN_MISSING',
  'TOKEN_TOO_LONG',
  'UNAUTHENTICATED',
]
export const SESSION: Codes = ['SESSION_EXPIRED', 'SESSION_INVALID', 'SESSION_KIND']
export const OSS: Codes = ['CREDENTIALS_UNAVAILABLE', 'OSS_ERROR', 'OSS_UNREACHABLE', 'XML']
export const OPERATOR: Codes = ['NOT_FOUND', 'TOKEN_INVALID', 'TOKEN_MISSING']
/** Of every route: whatever was not planned, and settings that cannot work. */
const ALWAYS: Codes = ['CONFIG', 'INTERNAL', 'METHOD_NOT_ALLOWED']

export const CREATE: Codes = [
  'BEFORE_UPLOAD_FAILED',
  'CALLBACK_TOO_LONG',
  'CALLBACK_VAR',
  'CLAIM_MISSING',
  'CONTENT_MD5_REFUSED',
  'FILE_EMPTY',
  'FILE_NAME',
  'FILE_TOO_LARGE',
  'FILE_TOO_SMALL',
  'IDEMPOTENCY_KEY',
  'METADATA_TOO_LONG',
  'METHOD_REFUSED',
  'OBJECT_EXISTS',
  'OBJECT_KEY',
  'PART_PLAN',
  'PROFILE',
  'PROFILE_UNKNOWN',
  'QUOTA_EXCEEDED',
  'SCOPE_MISSING',
  'TEXT',
  'TYPE_REFUSED',
  'UPLOAD_REFUSED',
  'VARS_TOO_LONG',
  'VAR_REFUSED',
]

const RETRY_AFTER: Json = {
  'Retry-After': { description: 'Seconds.', schema: { type: 'integer', minimum: 1 } },
}
const CHALLENGE: Json = { 'WWW-Authenticate': { schema: { type: 'string' } } }

export function errors(...lists: readonly Codes[]): Record<string, Json> {
  const byStatus = new Map<number, string[]>()
  for (const code of [...lists.flat(), ...ALWAYS]) {
    const codes = byStatus.get(statusOf(code)) ?? []
    byStatus.set(statusOf(code), codes.includes(code) ? codes : [...codes, code])
  }
  // A quota or a refusal of the application that may pass later.
  const isLater = lists
    .flat()
    .some((code) => code === 'QUOTA_EXCEEDED' || code === 'UPLOAD_REFUSED')
  if (isLater) byStatus.set(429, [...(byStatus.get(429) ?? []), 'QUOTA_EXCEEDED', 'UPLOAD_REFUSED'])
  return Object.fromEntries(
    [...byStatus].map(([status, codes]) => [
      String(status),
      {
        description: codes.sort().join(', '),
        content: json(ref('ErrorResponse')),
        ...(status === 429 && { headers: RETRY_AFTER }),
        ...(status === 401 && { headers: CHALLENGE }),
      },
    ]),
  )
}
