/**
 * The V4 canonical request: what is signed, in the one spelling that both sides agree on.
 *
 * @see https://www.alibabacloud.com/help/en/oss/developer-reference/recommend-to-use-signature-version-4
 */
import { encodePath, encodeRfc3986 } from './bytes.ts'
import { ProtocolError } from './errors.ts'
import { remember } from './remember.ts'

export interface CanonicalParts {
  /** Upper case; a signature for GET is not valid for HEAD. */
  method: string
  /** Missing for requests to the service itself. */
  bucket?: string | undefined
  /** Raw text, not encoded. Missing for requests to the bucket. */
  key?: string | undefined
  /** Raw names and values. `''` or `null`: a name without a value. */
  query?: Readonly<Record<string, string | null>> | undefined
  /** As they are sent, names in any case. */
  headers?: Readonly<Record<string, string>> | undefined
  /** Names of further headers to sign, besides the ones that always are. */
  additionalHeaders?: readonly string[] | undefined
}

/** OSS does not hash bodies; anything else in this place is refused (EC 0002-00000214). */
export const UNSIGNED_PAYLOAD = 'UNSIGNED-PAYLOAD'

/** The bucket is always part of it, although most URLs carry it in the host. */
export function buildCanonicalUri(bucket?: string, key?: string): string {
  if (bucket === undefined) return '/'
  return key === undefined ? `/${bucket}/` : `/${bucket}/${encodePath(key)}`
}

// A callback is the same for every upload of a profile, and the longest text of all: encoded once for all of them.
const encodeCallbackParameter = remember(64, encodeRfc3986)

/** Puts a name into its place in byte order, after its equals, and its text beside it. */
function insert(names: string[], texts: string[], name: string, text: string): void {
  // The names are ASCII, where the order of UTF-16 units is the order of bytes.
  let at = names.push(name) - 1
  texts.push(text)
  for (let before = names[at - 1]; before !== undefined && before > name; before = names[at - 1]) {
    names[at] = before
    texts[at] = texts[at - 1] ?? ''
    at -= 1
  }
  names[at] = name
  texts[at] = text
}

/**
 * Every parameter, encoded, sorted by its encoded name in byte order: `callback` before `callback-var`.
 *
 * @param own the signature's own parameters, encoded and in order; their names all begin with `x-oss-`
 */
export function buildCanonicalQuery(
  query: Readonly<Record<string, string | null>>,
  own = '',
): string {
  const names: string[] = []
  const texts: string[] = []
  let isApart = true
  for (const name in query) {
    const value = query[name]
    const encoded = encodeRfc3986(name)
    isApart &&= encoded < 'x-oss-'
    let text = encoded
    if (value) {
      text +=
        name === 'callback' ? `=${encodeCallbackParameter(value)}` : `=${encodeRfc3986(value)}`
    }
    insert(names, texts, encoded, text)
  }
  if (own !== '' && isApart) texts.push(own)
  else if (own !== '') {
    for (const text of own.split('&')) insert(names, texts, text.slice(0, text.indexOf('=')), text)
  }
  let text = texts[0] ?? ''
  for (let at = 1; at < texts.length; at += 1) text += `&${texts[at]}`
  return text
}

/** Signed whenever the request carries them, so they are never listed as additional. */
export function isSignedByDefault(lowerCaseName: string): boolean {
  return (
    lowerCaseName.startsWith('x-oss-') ||
    lowerCaseName === 'content-type' ||
    lowerCaseName === 'content-md5'
  )
}

export interface CanonicalHeaders {
  /** One `name:value` line each, every line with its line feed. */
  text: string
  /** Lower case, sorted, joined by `;`. */
  additional: string
}

const HEADER_NAME = /^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/
const UNUSUAL = /[^ -~]/
const CONTROL = /\p{Cc}/u
const NO_HEADERS: CanonicalHeaders = { text: '', additional: '' }

/** Lower case; empty when no header can have this name. Requests use the same dozen names again and again. */
const readHeaderName = remember(64, (given) => (HEADER_NAME.test(given) ? given.toLowerCase() : ''))

/**
 * @throws {ProtocolError} `HEADER` when a name or value cannot be sent, or an additional header is not there
 */
export function buildCanonicalHeaders(
  headers: Readonly<Record<string, string>> = {},
  additionalHeaders: readonly string[] = [],
): CanonicalHeaders {
  const names: string[] = []
  const values: string[] = []
  for (const given in headers) {
    const name = readHeaderName(given)
    const value = (headers[given] ?? '').trim()
    if (name === '' || (UNUSUAL.test(value) && CONTROL.test(value))) {
      throw new ProtocolError('HEADER', `The header ${JSON.stringify(given)} cannot be sent.`)
    }
    const at = names.indexOf(name)
    // Names sort apart from their values: `x-oss-a` comes before `x-oss-a-b`, but `x-oss-a:` does not.
    if (at < 0) insert(names, values, name, value)
    else values[at] += `,${value}`
  }

  const additional: string[] = []
  for (const given of additionalHeaders) {
    const name = readHeaderName(given) || given
    if (isSignedByDefault(name) || additional.includes(name)) continue
    if (!names.includes(name)) {
      throw new ProtocolError('HEADER', `The header ${name} is to be signed but has no value.`)
    }
    additional.push(name)
  }
  if (names.length === 0) return NO_HEADERS
  if (additional.length > 1) additional.sort()

  let text = ''
  for (let at = 0; at < names.length; at += 1) {
    const name = names[at] ?? ''
    if (isSignedByDefault(name) || additional.includes(name)) text += `${name}:${values[at]}\n`
  }
  return { text, additional: additional.length > 0 ? additional.join(';') : '' }
}

/** Joins the pieces; the blank line after the headers is theirs even when there are none. */
export function joinCanonicalRequest(
  method: string,
  uri: string,
  query: string,
  { text, additional }: CanonicalHeaders,
): string {
  return `${method}\n${uri}\n${query}\n${text}\n${additional}\n${UNSIGNED_PAYLOAD}`
}

/**
 * The canonical request of a request that already carries all its signature parameters.
 *
 * @throws {ProtocolError} `HEADER`, `TEXT`
 */
export function buildCanonicalRequest(parts: CanonicalParts): string {
  return joinCanonicalRequest(
    parts.method,
    buildCanonicalUri(parts.bucket, parts.key),
    buildCanonicalQuery(parts.query ?? {}),
    buildCanonicalHeaders(parts.headers, parts.additionalHeaders),
  )
}
