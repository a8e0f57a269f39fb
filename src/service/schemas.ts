/** Pieces of the schemas of bodies: texts, sizes, tables of texts. */
import * as v from 'valibot'

export const text = v.string('must be a text')

export const bytes = v.pipe(
  v.number('must be a whole number'),
  v.safeInteger('must be a whole number'),
  v.minValue(0, 'must not be negative'),
)

/** `v.record` would drop the names `__proto__` and `constructor` without a word. */
function isTextTable(value: unknown): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.values(value).every((text) => typeof text === 'string')
  )
}

export const textTable = v.custom<Record<string, string>>(isTextTable, 'must be an object of texts')
