/**
 * A page of a listing: entries in order, grouped into common prefixes by a delimiter.
 *
 * @see https://www.alibabacloud.com/help/en/oss/developer-reference/listobjectsv2
 */
import { toUtf8 } from '../../protocol/bytes.ts'
import { invalidArgument } from '../http/errors.ts'
import { MAX_KEY_BYTES, MAX_LIST_ENTRIES } from '../http/limits.ts'
import type { Query } from '../http/target.ts'
import { readCount } from '../http/xml-values.ts'

export interface PageOptions {
  prefix: string
  /** Empty: no grouping. */
  delimiter: string
  /** Entries of earlier pages end here. If it is a common prefix, all keys below it were listed. */
  marker: string
  /** Entries and common prefixes together. */
  maxEntries: number
}

export interface Page<Entry> {
  entries: Entry[]
  prefixes: string[]
  isTruncated: boolean
  /** The last entry or common prefix of the page. */
  last: { kind: 'entry'; entry: Entry } | { kind: 'prefix'; prefix: string } | undefined
}

/** @param sorted entries after the marker, in the order of their keys */
export function buildPage<Entry>(
  sorted: Iterable<Entry>,
  keyOf: (entry: Entry) => string,
  { prefix, delimiter, marker, maxEntries }: PageOptions,
): Page<Entry> {
  const page: Page<Entry> = { entries: [], prefixes: [], isTruncated: false, last: undefined }
  for (const entry of sorted) {
    const key = keyOf(entry)
    if (!key.startsWith(prefix)) continue
    const group = findGroup(key, prefix, delimiter)
    if (group !== undefined && (group === marker || group === page.prefixes.at(-1))) continue
    if (page.entries.length + page.prefixes.length === maxEntries) {
      page.isTruncated = true
      break
    }
    if (group === undefined) {
      page.entries.push(entry)
      page.last = { kind: 'entry', entry }
    } else {
      page.prefixes.push(group)
      page.last = { kind: 'prefix', prefix: group }
    }
  }
  return page
}

/** The common prefix that a key belongs to: up to the first delimiter after `prefix`. */
function findGroup(key: string, prefix: string, delimiter: string): string | undefined {
  const at = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length)
  return at < 0 ? undefined : key.slice(0, at + delimiter.length)
}

/** A parameter that is a key or a part of one. @throws {OssError} `InvalidArgument` above 1023 bytes */
export function readKeyParameter(query: Query, name: string): string {
  const value = query.get(name) ?? ''
  if (toUtf8(value).length <= MAX_KEY_BYTES) return value
  throw invalidArgument(`It must be shorter than ${MAX_KEY_BYTES + 1} bytes.`, name, value)
}

/** @param countName e.g. `max-keys` */
export function readMaxEntries(query: Query, countName: string, byDefault: number): number {
  return readCount(query, countName, MAX_LIST_ENTRIES, byDefault)
}
