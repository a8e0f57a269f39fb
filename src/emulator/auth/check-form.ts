/**
 * The signature of a form upload: V4 or V1 over the policy text, or none.
 *
 * @see https://www.alibabacloud.com/help/en/oss/developer-reference/signature-version-4-recommend
 */
import { toBase64, toUtf8 } from '../../protocol/bytes.ts'
import { equalInConstantTime, hmacSha1 } from '../../protocol/crypto.ts'
import { invalidArgument, OssError } from '../http/errors.ts'
import { MAX_FORM_AGE_MS, MAX_SKEW_MS } from '../http/limits.ts'
import { type AccessKeys, type Caller, findAccessKey } from './access-keys.ts'
import {
  checkRegion,
  checkSkew,
  computeV4,
  parseBasicTime,
  parseCredential,
  signatureMismatch,
  V4_ALGORITHM,
} from './check-v4.ts'

export interface SignedForm {
  caller: Caller
  /** Base64; undefined for an unsigned form. */
  policy: string | undefined
  /** Fields that need a condition in the policy. */
  required: string[]
}

type Fields = ReadonlyMap<string, string>

export interface FormContext {
  keys: AccessKeys
  now: Date
  region: string
}

function missing(name: string, ec: string): OssError {
  return invalidArgument(
    `The bucket POST must contain the specified '${name}'. If it is specified, please check the order of the fields.`,
    name,
    '',
    ec,
  )
}

/**
 * @param fields lower-case names
 * @throws {OssError} `InvalidArgument` for an incomplete set of fields, 403 with OSS's code for what does not verify
 */
export function authenticateForm(fields: Fields, context: FormContext): SignedForm {
  const has = (...names: string[]) => names.some((name) => fields.has(name))
  if (has('x-oss-signature-version', 'x-oss-signature', 'x-oss-credential')) {
    return authenticateV4(fields, context)
  }
  if (has('ossaccesskeyid', 'signature', 'policy')) return authenticateV1(fields, context)
  return { caller: { kind: 'anonymous' }, policy: undefined, required: [] }
}

const SIGNED_BY_V4 = ['x-oss-signature-version', 'x-oss-credential', 'x-oss-date']

function authenticateV4(fields: Fields, { keys, now, region }: FormContext): SignedForm {
  const version = fields.get('x-oss-signature-version')
  if (version !== V4_ALGORITHM) {
    const message = `x-oss-signature-version must be ${V4_ALGORITHM}.`
    throw invalidArgument(message, 'x-oss-signature-version', version ?? '', '0002-00000701')
  }
  const policy = fields.get('policy')
  if (!policy) throw missing('policy', '0002-00000702')
  const provided = fields.get('x-oss-signature')
  if (provided === undefined) throw missing('x-oss-signature', '0002-00000703')
  if (provided === '') throw missing('x-oss-signature', '0002-00000704')
  const credentialText = fields.get('x-oss-credential') ?? ''
  const credential = parseCredential(credentialText)
  if (!credential) {
    const message = 'x-oss-credential is missing or malformed.'
    throw invalidArgument(message, 'x-oss-credential', credentialText, '0002-00000710')
  }
  const date = fields.get('x-oss-date') ?? ''
  const signedAt = parseBasicTime(date)
  if (!signedAt || date.slice(0, 8) !== credential.date) {
    const message = 'x-oss-date is missing, malformed, or not the day of the credential.'
    throw invalidArgument(message, 'x-oss-date', date, '0002-00000709')
  }
  checkRegion(credential, region)
  const token = fields.get('x-oss-security-token')
  const accessKey = findAccessKey(keys, credential.accessKeyId, token, now)
  if (signedAt.getTime() - MAX_SKEW_MS > now.getTime()) checkSkew(signedAt, now)
  if (now.getTime() - signedAt.getTime() > MAX_FORM_AGE_MS) {
    throw new OssError('AccessDenied', 'Request has expired.', { ec: '0002-00000236' })
  }
  // The string to sign is the Base64 text itself.
  const computed = computeV4(accessKey.accessKeySecret, credential, policy)
  if (!equalInConstantTime(computed, provided)) {
    const texts = { stringToSign: policy }
    throw signatureMismatch('0002-00000705', accessKey.accessKeyId, provided, texts)
  }
  const required = token === undefined ? SIGNED_BY_V4 : [...SIGNED_BY_V4, 'x-oss-security-token']
  return { caller: { kind: 'key', accessKey, via: 'form' }, policy, required }
}

function authenticateV1(fields: Fields, { keys, now }: FormContext): SignedForm {
  for (const name of ['OSSAccessKeyId', 'policy', 'Signature']) {
    const value = fields.get(name.toLowerCase())
    if (value === undefined) throw missing(name, '0002-00000706')
    if (value === '' && name === 'OSSAccessKeyId') {
      throw invalidArgument('Post request accessKeyId is empty.', name, '')
    }
    if (value === '' && name === 'Signature') {
      throw invalidArgument('Post request signature is empty.', name, '')
    }
  }
  const [id = '', policy = '', provided = ''] = ['ossaccesskeyid', 'policy', 'signature'].map(
    (name) => fields.get(name),
  )
  const accessKey = findAccessKey(keys, id, fields.get('x-oss-security-token'), now)
  const computed = toBase64(hmacSha1(toUtf8(accessKey.accessKeySecret), policy))
  if (!equalInConstantTime(computed, provided)) {
    throw signatureMismatch('0002-00000705', id, provided, { stringToSign: policy })
  }
  return { caller: { kind: 'key', accessKey, via: 'form' }, policy, required: [] }
}
