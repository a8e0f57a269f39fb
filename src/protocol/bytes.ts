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

/** Not in Node 24 and older, nor in TypeScript's ES2023. @see https://tc39.es/proposal-arraybuffer-base64/ */
interface NativeEncoding {
  toBase64?(): string
  toHex?(): string
}

const { toBase64: nativeToBase64, toHex: nativeToHex } = Uint8Array.prototype as NativeEncoding

/** Lower-case hexadecimal. */
export function toHex(bytes: Uint8Array): string {
  if (nativeToHex) return nativeToHex.call(bytes)
  let text = ''
  for (const byte of bytes) text += byte.toString(16).padStart(2, '0')
  return text
}

/** Arguments of one call: engines have a limit, 65 536 or more. */
const BYTES_AT_ONCE = 4096

/** A text of one character per byte, as `btoa` takes it. */
function toBinary(bytes: Uint8Array): string {
  let binary = ''
  for (let at = 0; at < bytes.length; at += BYTES_AT_ONCE) {
    binary += String.fromCharCode(...bytes.subarray(at, at + BYTES_AT_ONCE))
  }
  return binary
}

const NOT_ASCII = /[^\0-\x7f]/
/** `u` keeps both halves of a surrogate pair together. */
const ALL_NOT_ASCII = /[^\0-\x7f]+/gu

/**
 * The same as `toBase64(toUtf8(text))`. `btoa` takes ASCII as it is, and only the rest is encoded byte by byte: without
 * this, a form policy takes 2.7 times as long, with a Chinese file name 1.4 times (`npm run bench -- policy`).
 */
function textToBase64(text: string): string {
  if (!NOT_ASCII.test(text)) return btoa(text)
  if (nativeToBase64) return nativeToBase64.call(toUtf8(text))
  return btoa(text.replace(ALL_NOT_ASCII, (run) => toBinary(toUtf8(run))))
}

/** Standard Base64 with padding, of bytes or of the UTF-8 bytes of a text. */
export function toBase64(data: Uint8Array | string): string {
  if (typeof data === 'string') return textToBase64(data)
  return nativeToBase64 ? nativeToBase64.call(data) : btoa(toBinary(data))
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
