/**
 * Object keys: what OSS allows, and templates that make them on the server.
 *
 * @see https://www.alibabacloud.com/help/en/oss/user-guide/object-naming-conventions
 */
import { toHex, toUtf8 } from './bytes.ts'
import { sha256Hex } from './crypto.ts'
import { ProtocolError } from './errors.ts'

/** Bytes in UTF-8. */
const MAX_KEY_BYTES = 1023

/** @throws {ProtocolError} `OBJECT_KEY` for a key that OSS refuses */
export function checkObjectKey(key: string): void {
  const first = key.charCodeAt(0)
  if (key === '' || first === 0x2f || first === 0x5c) {
    throw new ProtocolError('OBJECT_KEY', 'An object key must not be empty or begin with / or \\.')
  }
  // A UTF-16 unit is at most three bytes of UTF-8: short keys need no counting.
  if (key.length * 3 > MAX_KEY_BYTES && toUtf8(key).length > MAX_KEY_BYTES) {
    throw new ProtocolError('OBJECT_KEY', `An object key has at most ${MAX_KEY_BYTES} bytes.`)
  }
}

export const KEY_PLACEHOLDERS = ['sub', 'id', 'ext', 'profile', 'yyyy', 'mm', 'dd'] as const
export type KeyPlaceholder = (typeof KEY_PLACEHOLDERS)[number]

export interface KeyTemplate {
  /** Alternately literal text and placeholder, beginning and ending with text. */
  pieces: readonly string[]
  /** Whether each upload gets a key of its own, so that nothing can be overwritten. */
  hasId: boolean
}

/**
 * Reads a template such as `avatars/{sub}/{id}.{ext}`.
 *
 * @throws {ProtocolError} `OBJECT_KEY` for an unknown placeholder, or text that makes an unusable key
 */
export function parseKeyTemplate(template: string): KeyTemplate {
  const pieces = template.split(/\{([^{}]*)\}/)
  pieces.forEach((piece, at) => {
    const isPlaceholder = at % 2 === 1
    if (isPlaceholder && !KEY_PLACEHOLDERS.some((known) => known === piece)) {
      throw new ProtocolError(
        'OBJECT_KEY',
        `The key template has no placeholder {${piece}}; it may use ${KEY_PLACEHOLDERS.map((name) => `{${name}}`).join(' ')}.`,
      )
    }
    if (!isPlaceholder && /[{}\\\p{Cc}\p{Cs}]/u.test(piece)) {
      throw new ProtocolError(
        'OBJECT_KEY',
        'The key template holds a brace, backslash or control character.',
      )
    }
  })
  // URL parsers in browsers and proxies fold such segments, and the signature breaks.
  const outline = pieces.map((piece, at) => (at % 2 === 1 ? 'x' : piece)).join('')
  if (outline.split('/').some((segment) => segment === '' || segment === '.' || segment === '..')) {
    throw new ProtocolError('OBJECT_KEY', 'The key template has an empty, "." or ".." segment.')
  }
  checkObjectKey(outline)
  return { pieces, hasId: pieces.some((piece, at) => at % 2 === 1 && piece === 'id') }
}

/** Longest spelling of one value inside a key; a longer one ends in a hash. */
const MAX_VALUE_CHARS = 128
const SAFE_VALUE = /^[A-Za-z0-9_-][A-Za-z0-9_.-]*$/

/**
 * A value as one piece of a path segment: letters, digits, `_`, `-`, `.` stay, every other byte becomes `~xx`.
 * Two values never share a spelling, so no subject can write where another one does.
 */
export function encodeKeyValue(value: string): string {
  if (value.length <= MAX_VALUE_CHARS && SAFE_VALUE.test(value)) return value
  const safe = value.replace(/^\.+|[^A-Za-z0-9_.-]+/g, (run) =>
    toHex(toUtf8(run)).replace(/../g, '~$&'),
  )
  if (safe.length <= MAX_VALUE_CHARS) return safe
  return `${safe.slice(0, MAX_VALUE_CHARS - 34).replace(/~?.?$/, '')}~~${sha256Hex(value).slice(0, 32)}`
}

/**
 * Fills a template. An empty `{ext}` takes the dot before it along.
 *
 * @throws {ProtocolError} `OBJECT_KEY` when a value is missing or the key grows too long
 */
export function buildObjectKey(
  template: KeyTemplate,
  values: Readonly<Partial<Record<KeyPlaceholder, string>>>,
): string {
  let key = ''
  template.pieces.forEach((piece, at) => {
    if (at % 2 === 0) {
      key += piece
      return
    }
    const value = values[piece as KeyPlaceholder]
    if (piece === 'ext' && value === '') {
      key = key.replace(/\.$/, '')
    } else if (!value) {
      throw new ProtocolError('OBJECT_KEY', `The object key needs a value for {${piece}}.`)
    } else {
      key += encodeKeyValue(value)
    }
  })
  checkObjectKey(key)
  return key
}
