/**
 * Text and bytes: UTF-8, hex, Base64, percent-encoding.
 *
 * @see https://www.rfc-editor.org/rfc/rfc4648
 * @see https://www.rfc-editor.org/rfc/rfc3986#section-2.3
 */
import { ProtocolError } from './errors.ts'

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

/** Lower-case hexadecimal. */
export function toHex(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) text += byte < 16 ? `0${byte.toString(16)}` : byte.toString(16)
  return text
}

// `String.fromCharCode` takes its characters as arguments; engines allow at least 65 535 of them.
const MAX_ARGUMENTS = 0x8000
const NOT_ASCII = /[^\0-\x7f]/
/** As many characters as certainly fit, four bytes each; `u` keeps both halves of a pair together. */
const BEYOND_ASCII = /[^\0-\x7f]{1,8192}/gu

/** A text of one character per byte, as `btoa` takes it. */
function toBinary(bytes: Uint8Array): string {
  let binary = ''
  for (let at = 0; at < bytes.length; at += MAX_ARGUMENTS) {
    binary += String.fromCharCode(...bytes.subarray(at, at + MAX_ARGUMENTS))
  }
  return binary
}

/** Standard Base64 with padding, of bytes or of the UTF-8 bytes of a text. */
export function toBase64(data: Uint8Array | string): string {
  if (typeof data !== 'string') return btoa(toBinary(data))
  // ASCII is what `btoa` takes as it stands, forty times as fast.
  if (!NOT_ASCII.test(data)) return btoa(data)
  // Of a policy with one Chinese file name, only the name is taken apart: a tenth of the cost.
  return btoa(data.replace(BEYOND_ASCII, (run) => toBinary(toUtf8(run))))
}

const NOT_BASE64 = /[^A-Za-z0-9+/=]/

/** What `atob` takes, less what it forgives: blanks and a missing padding. */
function decodeBase64(text: string): string {
  if (text.length % 4 === 0 && !NOT_BASE64.test(text)) {
    try {
      return atob(text)
    } catch {
      // An equals sign where none belongs.
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

/** Base64url without padding, as JWS uses it. */
export function toBase64Url(data: Uint8Array | string): string {
  return toBase64(data).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}

/** @throws {ProtocolError} `TEXT` when the text is not unpadded Base64url */
export function fromBase64Url(text: string): Uint8Array<ArrayBuffer> {
  if (/[^A-Za-z0-9_-]/.test(text)) throw new ProtocolError('TEXT', 'The text is not Base64url.')
  const standard = text.replaceAll('-', '+').replaceAll('_', '/')
  return fromBase64(standard.padEnd(Math.ceil(standard.length / 4) * 4, '='))
}

const RESERVED = /[^A-Za-z0-9\-._~]/
const RESERVED_BUT_SLASH = /[^A-Za-z0-9\-._~/]/
const BEYOND_BASE64 = /[^A-Za-z0-9\-._~+/=]/
/** What `encodeURIComponent` keeps and RFC 3986 reserves. */
const KEPT = /[!'()*]/
/** Looking whether there is anything to do pays for short texts only. */
const SHORT_CHARS = 64

/**
 * Percent-encoding that keeps only RFC 3986's unreserved characters: `/` becomes `%2F`, a space `%20`.
 *
 * @throws {ProtocolError} `TEXT` when the text holds half of a surrogate pair
 */
export function encodeRfc3986(text: string): string {
  if (text.length <= SHORT_CHARS && !RESERVED.test(text)) return text
  // The long texts of a query are Base64, where this takes half the time.
  if (!BEYOND_BASE64.test(text)) {
    return text.replaceAll('+', '%2B').replaceAll('/', '%2F').replaceAll('=', '%3D')
  }
  let encoded: string
  try {
    encoded = encodeURIComponent(text)
  } catch (cause) {
    throw new ProtocolError('TEXT', 'The text holds half of a surrogate pair.', { cause })
  }
  if (!KEPT.test(encoded)) return encoded
  return encoded.replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
}

/** The same, keeping `/`: for object keys in paths. */
export function encodePath(path: string): string {
  return RESERVED_BUT_SLASH.test(path) ? encodeRfc3986(path).replaceAll('%2F', '/') : path
}
