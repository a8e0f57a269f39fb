/**
 * Spans by OpenTelemetry: `createService({ tracing: createOpenTelemetry() })`, or `UPCALL_TRACING=opentelemetry` on Node.
 * It only calls the API; which spans are kept, and where they go, is set up by the program with an SDK of its choice.
 *
 * @see https://opentelemetry.io/docs/languages/js/instrumentation/
 */
import {
  type Context,
  context,
  isSpanContextValid,
  type Span as OpenTelemetrySpan,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api'
import type { Span, Tracing } from '../service/tracing.ts'
import { formatTraceContext, parseTraceContext } from '../signer/traceparent.ts'

export interface OpenTelemetryOptions {
  /** @default the one of the global provider, named `oss-upcall` */
  tracer?: Tracer
}

const KINDS = { server: SpanKind.SERVER, client: SpanKind.CLIENT } as const

/** The parent that came with the request, else the span that is active. */
function findParent(traceparent: string | undefined): Context {
  const parent = parseTraceContext(traceparent)
  if (!parent) return context.active()
  const { traceId, spanId, flags: traceFlags } = parent
  return trace.setSpanContext(context.active(), { traceId, spanId, traceFlags, isRemote: true })
}

function wrap(span: OpenTelemetrySpan, parent: string | undefined): Span {
  const own = span.spanContext()
  const { traceId, spanId, traceFlags: flags } = own
  return {
    // Without an SDK spans have no ids: then the trace that came in goes out.
    traceparent: isSpanContextValid(own) ? formatTraceContext({ traceId, spanId, flags }) : parent,
    set: (attributes) => void span.setAttributes(attributes),
  }
}

/** Error messages may quote what users sent: only the code goes out. */
function nameError(error: unknown): string {
  const { code, name } =
    error instanceof Error ? { code: undefined, ...error, name: error.name } : {}
  return typeof code === 'string' ? code : (name ?? 'Error')
}

export function createOpenTelemetry({
  tracer = trace.getTracer('oss-upcall'),
}: OpenTelemetryOptions = {}): Tracing {
  return {
    async run(name, { kind, parent, attributes = {} }, work) {
      const within = findParent(parent)
      const span = tracer.startSpan(
        name,
        { kind: KINDS[kind], attributes: { ...attributes } },
        within,
      )
      try {
        return await context.with(trace.setSpan(within, span), () => work(wrap(span, parent)))
      } catch (error) {
        const code = nameError(error)
        span.setAttribute('error.type', code)
        span.setStatus({ code: SpanStatusCode.ERROR, message: code })
        throw error
      } finally {
        span.end()
      }
    },
  }
}
