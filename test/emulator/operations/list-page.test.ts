import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseQuery } from '../../../src/emulator/http/target.ts'
import {
  buildPage,
  readKeyParameter,
  readMaxEntries,
} from '../../../src/emulator/operations/list-page.ts'
import { compareKeys } from '../../../src/emulator/storage/key-order.ts'
import { catchOss } from '../emulator-with-client.ts'

const same = (key: string) => key

/** All pages in a row, the last entry of each as marker of the next. */
function listAll(keys: string[], prefix: string, delimiter: string, maxEntries: number) {
  const sorted = [...keys].sort(compareKeys)
  const [entries, prefixes]: [string[], string[]] = [[], []]
  let marker = ''
  for (let pages = 0; pages <= keys.length; pages += 1) {
    const after = sorted.filter((key) => compareKeys(key, marker) > 0)
    const page = buildPage(after, same, { prefix, delimiter, marker, maxEntries })
    expect(page.entries.length + page.prefixes.length).toBeLessThanOrEqual(maxEntries)
    entries.push(...page.entries)
    prefixes.push(...page.prefixes)
    if (!page.isTruncated) return { entries, prefixes }
    marker = page.last?.kind === 'prefix' ? page.last.prefix : (page.last?.entry ?? '')
  }
  throw new Error('The listing does not end.')
}

describe('the pages of a listing', () => {
  it('group keys by the delimiter, and skip what was listed before', () => {
    const keys = ['a/1', 'a/2', 'b', 'c/d/1', 'c/e']
    expect(listAll(keys, '', '/', 10)).toEqual({ entries: ['b'], prefixes: ['a/', 'c/'] })
    expect(listAll(keys, 'c/', '/', 1)).toEqual({ entries: ['c/e'], prefixes: ['c/d/'] })
  })

  it('of any size together give every entry once', () => {
    const key = fc.string({ unit: fc.constantFrom('a', 'b', '/', '中', '\u{1f600}'), maxLength: 6 })
    const keys = fc.uniqueArray(
      key.filter((text) => text !== ''),
      { maxLength: 20 },
    )
    fc.assert(
      fc.property(
        keys,
        key,
        fc.constantFrom('', '/', 'b/'),
        fc.integer({ min: 1, max: 5 }),
        (all, prefix, delimiter, max) => {
          const inPrefix = all.filter((text) => text.startsWith(prefix)).sort(compareKeys)
          const groupOf = (text: string) => {
            const at = delimiter === '' ? -1 : text.indexOf(delimiter, prefix.length)
            return at < 0 ? undefined : text.slice(0, at + delimiter.length)
          }
          const prefixes = new Set(inPrefix.flatMap((text) => groupOf(text) ?? []))
          expect(listAll(all, prefix, delimiter, max)).toEqual({
            entries: inPrefix.filter((text) => groupOf(text) === undefined),
            prefixes: [...prefixes],
          })
        },
      ),
    )
  })

  it('have limits', () => {
    const long = parseQuery(`prefix=${'a'.repeat(1024)}&max-keys=1001&marker=${'a'.repeat(1023)}`)
    expect(catchOss(() => readKeyParameter(long, 'prefix')).code).toBe('InvalidArgument')
    expect(readKeyParameter(long, 'marker')).toHaveLength(1023)
    expect(catchOss(() => readMaxEntries(long, 'max-keys', 100)).code).toBe('InvalidArgument')
    expect(readMaxEntries(parseQuery(''), 'max-keys', 100)).toBe(100)
  })
})
