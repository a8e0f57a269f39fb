/**
 * PostObject: the policy document of a browser's form upload, and the form's fields.
 *
 * @see https://www.alibabacloud.com/help/en/oss/developer-reference/postobject
 */
import { checkBucket, checkRegion } from './address.ts'
import { toBase64, toUtf8 } from './bytes.ts'
import { memoize } from './cache.ts'
import { ProtocolError } from './errors.ts'
import {
  MAX_FORM_FIELD_NAME_BYTES,
  MAX_FORM_FIELD_VALUE_BYTES,
  MAX_SINGLE_BYTES,
} from './limits.ts'
import { checkExpires } from './presign.ts'
import { ALGORITHM, type Credentials, prepareSigner, signText } from './signing-key.ts'
import { formatExpiration, formatTime } from './time.ts'

export type PolicyCondition =
  | Readonly<Record<string, string>>
  | readonly ['eq' | 'starts-with', `$${string}`, string]
  | readonly ['in' | 'not-in', `$${string}`, readonly string[]]
  /** Bytes of the file alone, both limits included. */
  | readonly ['content-length-range', number, number]

export interface PostPolicy {
  bucket: string
  region: string
  conditions: readonly PolicyCondition[]
  /** All other fields of the form, in the spelling of the documentation. The policy fixes the value of each. */
  fields: Readonly<Record<string, string>>
}

const OWN_FIELDS =
  /^(?:file|policy|OSSAccessKeyId|Signature|x-oss-(?:signature|signature-version|credential|date|security-token))$/i

function nameOfCondition(condition: PolicyCondition): string | undefined {
  if (!Array.isArray(condition)) return Object.keys(condition)[0]?.toLowerCase()
  return condition[0] === 'content-length-range' ? undefined : condition[1].slice(1).toLowerCase()
}

/** @throws {ProtocolError} `POLICY` for what OSS refuses as an invalid policy document (EC 0006-000002NN) */
function checkCondition(condition: PolicyCondition): void {
  if (!Array.isArray(condition)) {
    if (Object.keys(condition).length === 1) return
    throw new ProtocolError('POLICY', 'A simple condition has exactly one field.')
  }
  if (condition[0] === 'content-length-range') {
    const [, least, most] = condition as ['content-length-range', number, number]
    const whole = Number.isSafeInteger(least) && Number.isSafeInteger(most)
    if (whole && least >= 0 && least <= most && most <= MAX_SINGLE_BYTES) return
    throw new ProtocolError(
      'POLICY',
      'content-length-range needs whole bytes, least ≤ most ≤ 5 GiB.',
    )
  }
  if (!condition[1].startsWith('$') || condition[1].length < 2) {
    throw new ProtocolError('POLICY', 'A condition names its field as $name.')
  }
}

/**
 * The beginning of a field's condition. Cached, because all forms use the same dozen fields.
 *
 * @throws {ProtocolError} `FORM_FIELD` for a name that a form cannot have
 */
const beginCondition = memoize(
  (name: string) => {
    if (OWN_FIELDS.test(name)) {
      throw new ProtocolError('FORM_FIELD', `The form field ${name} is written by the signer.`)
    }
    const length = name.length * 3 > MAX_FORM_FIELD_NAME_BYTES ? toUtf8(name).length : name.length
    if (name === '' || length > MAX_FORM_FIELD_NAME_BYTES || /[\r\n\0"]/.test(name)) {
      throw new ProtocolError('FORM_FIELD', 'A form field name is empty, too long or unprintable.')
    }
    return `["eq",${JSON.stringify(`$${name.toLowerCase()}`)},`
  },
  { maxEntries: 64 },
)

/** @throws {ProtocolError} `FORM_FIELD` */
function checkValue(name: string, value: string): void {
  if (
    value.length * 3 > MAX_FORM_FIELD_VALUE_BYTES &&
    toUtf8(value).length > MAX_FORM_FIELD_VALUE_BYTES
  ) {
    throw new ProtocolError('FORM_FIELD', `The form field ${name} is longer than 2 MB.`)
  }
}

/**
 * The policy document as JSON text. V4 requires a condition for each of its own fields, and the page could change a
 * field that has no condition: so each of `fields` gets an `eq`, unless a condition of the caller names it already.
 *
 * Joined from small texts: `JSON.stringify` of the whole document takes as long as the signature.
 *
 * @throws {ProtocolError} `POLICY`, `FORM_FIELD`
 */
function buildPolicy(
  { bucket, conditions, fields }: PostPolicy,
  signatureFields: Readonly<Record<string, string>>,
  expiration: string,
): string {
  let list = JSON.stringify({ bucket })
  for (const name in signatureFields)
    list += `,{"${name}":${JSON.stringify(signatureFields[name])}}`
  const named: string[] = []
  for (const condition of conditions) {
    checkCondition(condition)
    const name = nameOfCondition(condition)
    if (name !== undefined) named.push(name)
    list += `,${JSON.stringify(condition)}`
  }
  for (const name in fields) {
    const value = fields[name] ?? ''
    const begin = beginCondition(name)
    checkValue(name, value)
    if (named.includes(name.toLowerCase())) continue
    list += `,${begin}${JSON.stringify(value)}]`
  }
  return `{"expiration":"${expiration}","conditions":[${list}]}`
}

/**
 * Signs a form upload.
 *
 * @param options.expiresInSeconds 1 … 604 800; OSS checks the end when it has received the whole form
 * @returns all fields to send, in this order; the file follows as the last field, `file`
 * @throws {ProtocolError} `POLICY`, `FORM_FIELD`, `EXPIRES`, `REQUEST`, `CREDENTIALS`
 */
export function signPostPolicy(
  policy: PostPolicy,
  options: { credentials: Credentials; now: Date; expiresInSeconds: number },
): { fields: Record<string, string> } {
  const { credentials, now, expiresInSeconds } = options
  checkExpires(expiresInSeconds, credentials)
  checkBucket(policy.bucket)
  checkRegion(policy.region)
  const time = formatTime(now)
  const signer = prepareSigner(credentials, { date: time.slice(0, 8), region: policy.region })
  const signatureFields: Record<string, string> = {
    'x-oss-credential': signer.credential,
    'x-oss-date': time,
    'x-oss-signature-version': ALGORITHM,
  }
  if (credentials.securityToken) {
    signatureFields['x-oss-security-token'] = credentials.securityToken
  }
  const expiration = formatExpiration(now, expiresInSeconds)
  const text = toBase64(buildPolicy(policy, signatureFields, expiration))
  return {
    fields: {
      ...policy.fields,
      policy: text,
      ...signatureFields,
      // The string to sign is the Base64 text itself, without algorithm, scope or hash.
      'x-oss-signature': signText(signer.key, text),
    },
  }
}
