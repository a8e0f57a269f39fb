/** The examples of the specification, and everything that a page could send instead. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  formatTraceContext,
  parseTraceContext,
  parseTraceparent,
  TRACEPARENT_CHARS,
} from '../../src/signer/traceparent.ts'

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736'
const SPAN = '00f067aa0ba902b7'
const VALID = `00-${TRACE}-${SPAN}-01`

describe('traceparent', () => {
  it('of the specification is read', () => {
    expect(parseTraceContext(VALID)).toEqual({ traceId: TRACE, spanId: SPAN, flags: 1 })
    expect(parseTraceparent(VALID)).toBe(VALID)
    expect(VALID).toHaveLength(TRACEPARENT_CHARS)
  })

  it.each([
    ['a later version', `cc-${TRACE}-${SPAN}-01`, VALID],
    ['a later version with more fields', `cc-${TRACE}-${SPAN}-01-what-the-future-brings`, VALID],
    ['flags that nobody has defined', `00-${TRACE}-${SPAN}-fd`, VALID],
    ['no sampling', `00-${TRACE}-${SPAN}-00`, `00-${TRACE}-${SPAN}-00`],
    ['a random trace id', `00-${TRACE}-${SPAN}-02`, `00-${TRACE}-${SPAN}-02`],
  ])('with %s is passed on in version 00', (_, given, expected) => {
    expect(parseTraceparent(given)).toBe(expected)
  })

  it.each([
    ['nothing', ''],
    ['the version ff', `ff-${TRACE}-${SPAN}-01`],
    ['more than four fields in version 00', `${VALID}-00`],
    ['a hyphen at its end', `${VALID}-`],
    ['a trace id of zeros', `00-${'0'.repeat(32)}-${SPAN}-01`],
    ['a parent id of zeros', `00-${TRACE}-${'0'.repeat(16)}-01`],
    ['capital letters', VALID.toUpperCase()],
    ['other letters', VALID.replace('4bf', '4bg')],
    ['two headers', `${VALID}, ${VALID}`],
    ['a line end', `${VALID}\n`],
    ['spaces around', ` ${VALID} `],
    ['a short trace id', `00-${TRACE.slice(1)}-${SPAN}-01`],
    ['a field glued to its end', `cc-${TRACE}-${SPAN}-01x`],
    ['control characters after it', `cc-${TRACE}-${SPAN}-01-\u0000`],
    ['Chinese', `00-${'追'.repeat(32)}-${SPAN}-01`],
    ['a long tail', `cc-${TRACE}-${SPAN}-01-${'x'.repeat(100_000)}`],
  ])('that is %s is ignored', (_, given) => {
    expect(parseTraceparent(given)).toBe(undefined)
  })

  it('that is missing is ignored', () => {
    expect(parseTraceparent(undefined)).toBe(undefined)
    expect(parseTraceparent(null)).toBe(undefined)
  })

  it('of any text is undefined or valid, and never throws', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 80 }), (text) => {
        const parsed = parseTraceparent(text)
        expect(parsed === undefined || parsed.length === TRACEPARENT_CHARS).toBe(true)
      }),
    )
  })

  it('survives formatting and parsing', () => {
    const hex = (length: number) =>
      fc
        .array(fc.constantFrom(...'0123456789abcdef'), { minLength: length, maxLength: length })
        .map((digits) => digits.join(''))
        .filter((digits) => !/^0*$/.test(digits))
    fc.assert(
      fc.property(hex(32), hex(16), fc.integer({ min: 0, max: 3 }), (traceId, spanId, flags) => {
        const context = { traceId, spanId, flags }
        expect(parseTraceContext(formatTraceContext(context))).toEqual(context)
      }),
    )
  })
})
