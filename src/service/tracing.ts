/**
 * Port: spans around what takes time. `oss-upcall/opentelemetry` implements it; without it traces pass through unchanged.
 */

export type SpanAttributes = Readonly<Record<string, string | number>>

export interface Span {
  /** What a request within this span carries as `traceparent`; absent when nothing is traced. */
  readonly traceparent: string | undefined
  set(attributes: SpanAttributes): void
}

export interface SpanOptions {
  /** `server`: a request that came in. `client`: one that goes out. */
  kind: 'server' | 'client'
  /** A valid `traceparent`. @default the span that is active */
  parent?: string | undefined
  attributes?: SpanAttributes
}

export interface Tracing {
  /** Runs `work` in a span of its own, which ends with it; a rejection makes it a failed span, named by its code. */
  run<T>(name: string, options: SpanOptions, work: (span: Span) => Promise<T>): Promise<T>
}

/** Without tracing: no span, and the trace that came in goes out as it is. */
export const passThrough: Tracing = {
  run: (_, { parent }, work) => work({ traceparent: parent, set() {} }),
}
