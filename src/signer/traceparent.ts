/**
 * The trace of a request, by the header `traceparent` of W3C Trace Context. It comes from pages and, through the variables
 * of a callback, from OSS: whatever does not follow the specification to the letter is ignored, as the specification asks.
 *
 * @see https://www.w3.org/TR/trace-context/#traceparent-header
 */

/** Version, trace id, parent id, flags; what a later version adds follows a hyphen. Capital letters are not allowed. */
const TRACEPARENT =
  /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-[\x21-\x7e]{0,200})?$/

/** Characters of version 00, which is the only one that is passed on. */
export const TRACEPARENT_CHARS = 55

/** `sampled` and `random-trace-id`; a participant sends all other flags as 0. */
const KNOWN_FLAGS = 0b11

export interface TraceContext {
  /** 32 hex digits, not all 0 */
  traceId: string
  /** Of the span that sent it: 16 hex digits, not all 0. */
  spanId: string
  flags: number
}

/** @returns `undefined` for everything that is not valid */
export function parseTraceContext(text: string | null | undefined): TraceContext | undefined {
  if (!text || text.length < TRACEPARENT_CHARS) return undefined
  const [, version = '', traceId = '', spanId = '', flags = '', more] = TRACEPARENT.exec(text) ?? []
  const isVersion = version !== '' && version !== 'ff' && (version !== '00' || more === undefined)
  if (!isVersion || /^0*$/.test(traceId) || /^0*$/.test(spanId)) return undefined
  return { traceId, spanId, flags: Number.parseInt(flags, 16) & KNOWN_FLAGS }
}

/** In version 00. */
export function formatTraceContext({ traceId, spanId, flags }: TraceContext): string {
  return `00-${traceId}-${spanId}-${(flags & KNOWN_FLAGS).toString(16).padStart(2, '0')}`
}

/** The same trace and parent in version 00; `undefined` for everything that is not valid. */
export function parseTraceparent(text: string | null | undefined): string | undefined {
  const context = parseTraceContext(text)
  return context && formatTraceContext(context)
}
