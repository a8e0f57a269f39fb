/**
 * Parses the parameters `callback` and `callback-var` of an upload, strictly and before anything is stored. Over 200
 * lines: the two texts have one grammar, and each issue has OSS's own message.
 *
 * @see https://www.alibabacloud.com/help/en/oss/developer-reference/callback
 */
import { fromBase64, fromUtf8 } from '../../protocol/bytes.ts'
import type { Unconfirmed } from '../behavior/unconfirmed.ts'
import { invalidArgument, type OssError } from '../http/errors.ts'
import { MAX_CALLBACK_BYTES, MAX_CALLBACK_URLS } from '../http/limits.ts'
import { isPrivateHost } from './private-addresses.ts'

export interface CallbackUrl {
  url: string
  secure: boolean
  hostName: string
  port: number
  /** Host and port as they stand in the URL. */
  host: string
  path: string
  /** With its `?`, or empty. */
  query: string
}

export interface CallbackPlan {
  urls: CallbackUrl[]
  host: string | undefined
  body: string
  bodyType: 'application/x-www-form-urlencoded' | 'application/json'
  sni: boolean
  /** By full name, `x:uid`. */
  vars: Record<string, string>
}

type Fail = (message: string, ec?: string) => OssError

function decodeJson(
  name: 'callback' | 'callback-var',
  base64: string,
  messages: { tooLong: [string, string]; notBase64: [string, string]; notJson: [string, string] },
): { object: Record<string, unknown>; fail: Fail } {
  let text = base64
  const fail: Fail = (message, ec) => invalidArgument(message, name, text, ec)
  if (base64.length > MAX_CALLBACK_BYTES) throw fail(...messages.tooLong)
  try {
    text = fromUtf8(fromBase64(base64))
  } catch {
    throw fail(...messages.notBase64)
  }
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw fail(...messages.notJson)
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw fail(...messages.notJson)
  }
  return { object: value as Record<string, unknown>, fail }
}

/**
 * @param vars Base64 of `callback-var`, or the form's `x:` fields as they are
 * @throws {OssError} `InvalidArgument` with OSS's message and EC of each issue
 */
export function parseCallback(
  base64: string,
  vars: string | Record<string, string> | undefined,
  {
    allowPrivate,
    foreignVars = 'ignore',
  }: { allowPrivate: boolean; foreignVars?: Unconfirmed['foreignCallbackVars'] },
): CallbackPlan {
  const { object, fail } = decodeJson('callback', base64, {
    tooLong: ['The length of callback exceed max value.', '0007-00000001'],
    notBase64: ['The callback configuration is not base64 encoded.', '0007-00000002'],
    notJson: ['The callback configuration is not json format.', '0007-00000003'],
  })
  const { callbackUrl, callbackHost, callbackBody, callbackBodyType, callbackSNI } = object
  const urls = parseUrls(callbackUrl, fail, allowPrivate)
  if (callbackHost !== undefined && !isHost(callbackHost)) {
    throw fail('The callback host configuration is invalid.', '0007-00000009')
  }
  const body = parseBody(callbackBody, fail)
  const bodyType = parseBodyType(callbackBodyType, fail)
  if (callbackSNI !== undefined && typeof callbackSNI !== 'boolean') {
    throw fail('The callback SNI configuration is invalid.')
  }
  if (object.signatureVersion !== undefined && object.signatureVersion !== '1.0') {
    // 2.0 exists by invitation only and has no public description.
    throw fail(
      'The callback signature version is invalid, it should be 1.0 or 2.0 (2.0 is by invitation).',
    )
  }
  checkAdditionalHeaders(object.additionalHeaders, fail)
  return {
    urls,
    host: isHost(callbackHost) && callbackHost !== '' ? callbackHost : undefined,
    body,
    bodyType,
    sni: callbackSNI === true,
    vars: typeof vars === 'string' ? parseCallbackVar(vars, foreignVars) : (vars ?? {}),
  }
}

/**
 * @param foreign what happens to names without `x:`
 * @throws {OssError} `InvalidArgument`, EC 0007-00000101 … 104
 */
export function parseCallbackVar(
  base64: string,
  foreign: Unconfirmed['foreignCallbackVars'],
): Record<string, string> {
  const { object, fail } = decodeJson('callback-var', base64, {
    tooLong: ['The length of callback var exceed max value.', '0007-00000101'],
    notBase64: ['The callback var is not base64 encoded.', '0007-00000102'],
    notJson: ['The callback var is not expecten json.', '0007-00000103'],
  })
  const vars: Record<string, string> = {}
  for (const [name, value] of Object.entries(object)) {
    const isForeign = !name.startsWith('x:')
    const isRefused = isForeign
      ? foreign === 'refuse'
      : !/^x:./.test(name) || name !== name.toLowerCase()
    if (typeof value !== 'string' || isRefused) {
      throw fail('The callback var is not expecten json.', '0007-00000104')
    }
    if (!isForeign) vars[name] = value
  }
  return vars
}

function parseUrls(value: unknown, fail: Fail, allowPrivate: boolean): CallbackUrl[] {
  const invalid = () => fail('The callback url configuration is invalid.', '0007-00000004')
  if (typeof value !== 'string') throw invalid()
  const texts = value.split(';').map((text) => text.trim())
  if (texts.length > MAX_CALLBACK_URLS) {
    throw fail('The number of callback url exceed max value.', '0007-00000005')
  }
  return texts.map((text) => {
    const url = parseUrl(text)
    if (!url) throw invalid()
    if (!allowPrivate && isPrivateHost(url.hostName)) {
      throw fail('Private address is forbidden to callback.', '0007-00000008')
    }
    return url
  })
}

const URL_SHAPE = /^(?:(https?):\/\/)?([A-Za-z0-9._-]+(?::\d{1,5})?)(\/[^?#]*)?(\?[^#]*)?$/i

function parseUrl(text: string): CallbackUrl | undefined {
  const [, scheme = 'http', host = '', path = '/', query = ''] = URL_SHAPE.exec(text) ?? []
  // Path and query must be encoded already; user info and IPv6 literals are not supported.
  if (!/^[\x21-\x7e]+$/.test(text) || host === '') return
  const secure = scheme.toLowerCase() === 'https'
  try {
    const { hostname, port } = new URL(`${secure ? 'https' : 'http'}://${host}`)
    return {
      url: `${secure ? 'https' : 'http'}://${host}${path}${query}`,
      secure,
      hostName: hostname,
      port: port === '' ? (secure ? 443 : 80) : Number(port),
      host,
      path,
      query,
    }
  } catch {
    return
  }
}

function isHost(value: unknown): value is string {
  return typeof value === 'string' && /^[A-Za-z0-9.-]*(:\d{1,5})?$/.test(value)
}

function parseBody(value: unknown, fail: Fail): string {
  if (typeof value !== 'string') throw fail('The callback body is invalid.', '0007-00000010')
  if (value === '') throw fail('The callback body is empty.', '0007-00000011')
  if (/\$(?!\{)/.test(value)) {
    throw invalidArgument(
      'Left brace must be adjacent to dollar sign.',
      'ReplaceKeyPrefix',
      value,
      '0007-00000105',
    )
  }
  if (/\$\{[^}]*$/.test(value)) throw fail('The callback body is invalid.', '0007-00000010')
  return value
}

function parseBodyType(value: unknown, fail: Fail): CallbackPlan['bodyType'] {
  if (value === undefined) return 'application/x-www-form-urlencoded'
  if (typeof value !== 'string') {
    throw fail('The callback body type configuration is invalid.', '0007-00000012')
  }
  if (value === 'application/json' || value === 'application/x-www-form-urlencoded') return value
  throw fail('The body type of callback is not supported.', '0007-00000013')
}

/** A feature by invitation only: the value is checked and ignored. */
function checkAdditionalHeaders(value: unknown, fail: Fail): void {
  if (value === undefined) return
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw fail('The callback additional headers configuration is invalid.')
  }
  if (Object.keys(value).some((name) => name.toLowerCase().startsWith('x-oss-'))) {
    throw fail('The additional headers of callback must not start with x-oss-.', '0007-00000026')
  }
}
