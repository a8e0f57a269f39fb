/**
 * Object keys: what OSS allows, and templates by which the server makes them.
 *
 * @see https://www.alibabacloud.com/help/en/oss/user-guide/object-naming-conventions
 */
import { toHex, toUtf8 } from './bytes.ts'
import { sha256Hex } from './crypto.ts'
import { ProtocolError } from './errors.ts'
import { MAX_KEY_BYTES } from './limits.ts'

/** @throws {ProtocolError} `OBJECT_KEY` for a key that OSS refuses */
export function checkObjectKey(key: string): void {
  const first = key.charCodeAt(0)
  if (key === '' || first === 0x2f || first === 0x5c) {
    throw new ProtocolError('OBJECT_KEY', 'An object key must not be empty or begin with / or \\.')
  }
  // A UTF-16 unit is at most three bytes of UTF-8, so short keys need no counting.
  if (key.length * 3 > MAX_KEY_BYTES && toUtf8(key).length > MAX_KEY_BYTES) {
    throw new ProtocolError('OBJECT_KEY', `An object key has at most ${MAX_KEY_BYTES} bytes.`)
  }
}

export const KEY_PLACEHOLDERS = ['sub', 'id', 'ext', 'profile', 'yyyy', 'mm', 'dd'] as const
export type KeyPlaceholder = (typeof KEY_PLACEHOLDERS)[number]

export interface KeyTemplate {
  /** Literal texts and placeholders in turn, beginning and ending with a text. */
  pieces: readonly string[]
}

/**
 * Parses a template such as `avatars/{sub}/{id}.{ext}`.
 *
 * @throws {ProtocolError} `OBJECT_KEY` for an unknown placeholder, or a text that no key may have
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
  // URL parsers in browsers and proxies remove such segments, which invalidates the signature.
  const outline = pieces.map((piece, at) => (at % 2 === 1 ? 'x' : piece)).join('')
  if (outline.split('/').some((segment) => segment === '' || segment === '.' || segment === '..')) {
    throw new ProtocolError('OBJECT_KEY', 'The key template has an empty, "." or ".." segment.')
  }
  checkObjectKey(outline)
  return { pieces }
}

/** Characters that a value takes at most in a key; the rest of a longer one is replaced by a hash. */
const MAX_VALUE_CHARS = 128
const SAFE_VALUE = /^[A-Za-z0-9_-][A-Za-z0-9_.-]*$/

/**
 * A value as a part of a path segment: letters, digits, `_`, `-`, `.` stay, every other byte becomes `~xx`.
 * Different values are encoded differently, so that no subject gets a key of another.
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
 * Fills in a template. Where `{ext}` is empty, the dot before it goes too.
 *
 * @throws {ProtocolError} `OBJECT_KEY` when a value is missing or the key gets too long
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
