/**
 * Text and bytes: UTF-8, hex, Base64, percent-encoding.
 *
 * @see https://www.rfc-editor.org/rfc/rfc4648
 * @see https://www.rfc-editor.org/rfc/rfc3986#section-2.3
 */
import { ProtocolError } from './errors.ts'

// Chosen by the conditions of `imports` in package.json.
export { toBase64, toBase64Url } from '#base64'

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** UTF-8 bytes of a text. Lone surrogates become U+FFFD, as everywhere on the web. */
export function toUtf8(text: string): Uint8Array<ArrayBuffer> {
  return encoder.encode(text)
}

/** @throws {ProtocolError} `TEXT` when the bytes are not UTF-8 */
export function fromUtf8(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes)
  } catch (cause) {
    throw new ProtocolError('TEXT', 'The bytes are not valid UTF-8.', { cause })
  }
}

/** Not in Node 24 and older, nor in TypeScript's ES2023. @see https://tc39.es/proposal-arraybuffer-base64/ */
interface NativeHex {
  toHex?(): string
}

const { toHex: nativeToHex } = Uint8Array.prototype as NativeHex

/** Lower-case hexadecimal. */
export function toHex(bytes: Uint8Array): string {
  if (nativeToHex) return nativeToHex.call(bytes)
  let text = ''
  for (const byte of bytes) text += byte.toString(16).padStart(2, '0')
  return text
}

/** @param size the bytes of all `chunks` together */
export function concatBytes(chunks: readonly Uint8Array[], size: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(size)
  let at = 0
  for (const chunk of chunks) {
    bytes.set(chunk, at)
    at += chunk.length
  }
  return bytes
}

const NOT_BASE64 = /[^A-Za-z0-9+/=]/

/** `atob`, without what it tolerates: white space and missing padding. */
function decodeBase64(text: string): string {
  if (text.length % 4 === 0 && !NOT_BASE64.test(text)) {
    try {
      return atob(text)
    } catch {
      // An equals sign in a wrong place.
    }
  }
  throw new ProtocolError('TEXT', 'The text is not standard Base64.')
}

/** @throws {ProtocolError} `TEXT` when the text is not standard Base64 with its padding */
export function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  const binary = decodeBase64(text)
  const bytes = new Uint8Array(binary.length)
  for (let at = 0; at < binary.length; at += 1) bytes[at] = binary.charCodeAt(at)
  return bytes
}

/** @throws {ProtocolError} `TEXT` when the text is not unpadded Base64url */
export function fromBase64Url(text: string): Uint8Array<ArrayBuffer> {
  if (/[^A-Za-z0-9_-]/.test(text)) throw new ProtocolError('TEXT', 'The text is not Base64url.')
  const standard = text.replaceAll('-', '+').replaceAll('_', '/')
  return fromBase64(standard.padEnd(Math.ceil(standard.length / 4) * 4, '='))
}

const RESERVED = /[^A-Za-z0-9\-._~]/
const RESERVED_BUT_SLASH = /[^A-Za-z0-9\-._~/]/
/** Reserved by RFC 3986 but not encoded by `encodeURIComponent`. */
const ALSO_RESERVED = /[!'()*]/
/** Characters; shorter texts are looked through first, because most names need no encoding. */
const SHORT_CHARS = 64

/**
 * Percent-encoding that leaves only the unreserved characters of RFC 3986: `/` becomes `%2F`, a space `%20`.
 *
 * @throws {ProtocolError} `TEXT` when the text has half of a surrogate pair
 */
export function encodeRfc3986(text: string): string {
  if (text.length <= SHORT_CHARS && !RESERVED.test(text)) return text
  let encoded: string
  try {
    encoded = encodeURIComponent(text)
  } catch (cause) {
    throw new ProtocolError('TEXT', 'The text has half of a surrogate pair.', { cause })
  }
  if (!ALSO_RESERVED.test(encoded)) return encoded
  return encoded.replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
}

/** The same, leaving `/`: for object keys in paths. */
export function encodePath(path: string): string {
  return RESERVED_BUT_SLASH.test(path) ? encodeRfc3986(path).replaceAll('%2F', '/') : path
}
