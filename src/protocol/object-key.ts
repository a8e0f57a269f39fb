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

/** `{claim.tenant}`: the claim `tenant` of the user's token. Any name that a claim may have, in printable ASCII. */
const CLAIM_PLACEHOLDER = /^claim\.[!-~]{1,128}$/

export interface KeyTemplate {
  /** Literal texts and placeholders in turn, beginning and ending with a text. */
  pieces: readonly string[]
}

/** Values of these have a fixed length; those of the others end at the next character that no value contains. */
const FIXED_VALUES: ReadonlyMap<string, RegExp> = new Map([
  ['id', /^[A-Za-z0-9_-]{22}$/],
  ['yyyy', /^\d{4}$/],
  ['mm', /^\d\d$/],
  ['dd', /^\d\d$/],
])

/** A character that no encoded value contains. */
const SEPARATOR = /[^A-Za-z0-9_~-]/

function fail(message: string): never {
  throw new ProtocolError('OBJECT_KEY', message)
}

/** @throws {ProtocolError} `OBJECT_KEY` when two uploads with different values could get the same key */
function checkInjective(pieces: readonly string[]): void {
  /** The last placeholder of variable length, while no separator has followed it. */
  let open: string | undefined
  pieces.forEach((piece, at) => {
    if (at % 2 === 0) {
      if (SEPARATOR.test(piece)) open = undefined
    } else if (!FIXED_VALUES.has(piece)) {
      if (open !== undefined) {
        fail(
          `The key template needs a separator between {${open}} and {${piece}}, such as / or a dot: else two uploads could get the same key.`,
        )
      }
      open = piece
      if (piece === 'ext' && !pieces[at - 1]?.endsWith('.')) {
        fail('In a key template, {ext} must follow a dot.')
      }
    }
  })
}

/** @throws {ProtocolError} `OBJECT_KEY` for a key with segments that URL parsers in browsers and proxies remove */
function checkSegments(key: string): void {
  if (key.split('/').some((segment) => segment === '' || segment === '.' || segment === '..')) {
    fail('The key template has an empty, "." or ".." segment.')
  }
}

/**
 * Parses a template such as `avatars/{sub}/{id}.{ext}`.
 *
 * @param ownNames further placeholders that the application gives values for
 * @throws {ProtocolError} `OBJECT_KEY` for an unknown placeholder, a text that no key may have, or a template that gives
 *   two uploads with different values the same key
 */
export function parseKeyTemplate(template: string, ownNames: readonly string[] = []): KeyTemplate {
  const pieces = template.split(/\{([^{}]*)\}/)
  const names: readonly string[] = [...KEY_PLACEHOLDERS, ...ownNames]
  pieces.forEach((piece, at) => {
    const isPlaceholder = at % 2 === 1
    if (isPlaceholder && !names.includes(piece) && !CLAIM_PLACEHOLDER.test(piece)) {
      const known = names.map((name) => `{${name}}`).join(' ')
      fail(`The key template has no placeholder {${piece}}; it may use ${known} {claim.<name>}.`)
    }
    if (!isPlaceholder && /[{}\\\p{Cc}\p{Cs}]/u.test(piece)) {
      fail('The key template holds a brace, backslash or control character.')
    }
  })
  checkInjective(pieces)
  const outline = pieces.map((piece, at) => (at % 2 === 1 ? 'x' : piece)).join('')
  checkSegments(outline)
  checkObjectKey(outline)
  // `{ext}` may be empty, and then the dot before it goes too.
  checkSegments(template.replaceAll('.{ext}', '').replaceAll(/\{[^{}]*\}/g, 'x'))
  return { pieces }
}

/** Characters that a value takes at most in a key; the rest of a longer one is replaced by a hash. */
const MAX_VALUE_CHARS = 128
/** Hexadecimal: 128 bits. */
const HASH_CHARS = 32
const UNSAFE = /[^A-Za-z0-9_-]+/g

/**
 * A value as a part of a path segment: letters, digits, `_` and `-` stay, every other byte of UTF-8 becomes `~xx`.
 * Different values are encoded differently.
 *
 * @throws {ProtocolError} `OBJECT_KEY` for half of a surrogate pair, which has no UTF-8
 */
export function encodeKeyValue(value: string): string {
  if (!value.isWellFormed()) fail('A value in an object key has half of a surrogate pair.')
  const safe = value.replace(UNSAFE, (run) => toHex(toUtf8(run)).replace(/../g, '~$&'))
  if (safe.length <= MAX_VALUE_CHARS) return safe
  const hash = sha256Hex(value).slice(0, HASH_CHARS)
  // No encoded value has two tildes in sequence.
  return `${safe.slice(0, MAX_VALUE_CHARS - HASH_CHARS - 2).replace(/~.?$/, '')}~~${hash}`
}

/**
 * Fills in a template. Where `{ext}` is empty, the dot before it goes too. Different values of the placeholders in the
 * template give different keys.
 *
 * @param values `id` has 22 characters of Base64url, `yyyy`, `mm` and `dd` are digits
 * @throws {ProtocolError} `OBJECT_KEY` when a value is missing or not as described, or the key gets too long
 */
export function buildObjectKey(
  template: KeyTemplate,
  values: Readonly<Partial<Record<string, string>>>,
): string {
  let key = ''
  template.pieces.forEach((piece, at) => {
    if (at % 2 === 0) {
      key += piece
      return
    }
    const value = Object.hasOwn(values, piece) ? values[piece] : undefined
    if (piece === 'ext' && value === '') {
      key = key.slice(0, -1)
    } else if (!value) {
      fail(`The object key needs a value for {${piece}}.`)
    } else if (FIXED_VALUES.get(piece)?.test(value) === false) {
      fail(`The value for {${piece}} in the object key has another form than expected.`)
    } else {
      key += encodeKeyValue(value)
    }
  })
  checkObjectKey(key)
  return key
}
