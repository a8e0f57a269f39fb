import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import * as limits from '../../src/protocol/limits.ts'

/** Numbers that are too common to be searched for. */
const COMMON = new Set([5, 1023, 10_000])

/** The spellings of a limit in source text. */
function spell(value: number): string[] {
  const grouped = String(value).replaceAll(/\B(?=(?:\d{3})+$)/g, '_')
  return value === 5 * 1024 ** 3 ? [String(value), grouped, '1024 ** 3'] : [String(value), grouped]
}

it.each(['src/protocol', 'src/signer'])('no other file of %s repeats a limit', (folder) => {
  const values = Object.values(limits).filter((value) => !COMMON.has(value))
  expect(values.length).toBeGreaterThan(8)
  for (const name of readdirSync(folder).filter((file) => file !== 'limits.ts')) {
    const code = readFileSync(join(folder, name), 'utf8').replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*/g, '')
    for (const text of values.flatMap(spell)) {
      expect(code.match(new RegExp(`(?<![\\w.])${text.replaceAll('*', '\\*')}(?!\\w)`)), name).toBe(
        null,
      )
    }
  }
})

it('are those of the documentation', () => {
  expect(limits).toMatchObject({
    MAX_SIGNATURE_SECONDS: 7 * 86_400,
    MAX_SIGNATURE_SECONDS_WITH_TOKEN: 12 * 3600,
    MAX_KEY_BYTES: 1023,
    MAX_SINGLE_BYTES: 5_368_709_120,
    MIN_PART_BYTES: 102_400,
    MAX_PARTS: 10_000,
    MAX_FORM_FIELD_NAME_BYTES: 8192,
    MAX_FORM_FIELD_VALUE_BYTES: 2_097_152,
    MAX_CALLBACK_CHARS: 5120,
    MAX_CALLBACK_URLS: 5,
  })
})
