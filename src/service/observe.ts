/**
 * Middleware that measures requests: a report for the observer, a span for the tracing. It is there only when either is.
 */
import type { MiddlewareHandler } from 'hono'
import { matchedRoutes } from 'hono/route'
import { parseTraceContext, parseTraceparent } from '../signer/traceparent.ts'
import type { Observer } from './observer.ts'
import type { ResponseEnv, ServiceContext } from './response.ts'
import type { Tracing } from './tracing.ts'

const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'OPTIONS'])
/** It opens its own span: its parent is inside the body, behind the signature. */
const OWN_SPAN = '/callbacks/oss'
/** Of middleware: they match everything. */
const EVERYWHERE: ReadonlySet<string> = new Set(['*', '/*'])

/** The pattern of the route that responds; a path itself would give each sender labels of their own. */
export function findRoute(c: ServiceContext): string {
  const route = matchedRoutes(c).findLast(({ path }) => !EVERYWHERE.has(path))
  return route?.path ?? 'unmatched'
}

function nameMethod(method: string): string {
  return METHODS.has(method) ? method : 'other'
}

/** The trace of a request, whether it is observed or not. */
export function readTraceparent(c: ServiceContext): string | undefined {
  return c.get('traceparent') ?? parseTraceparent(c.req.header('traceparent'))
}

export interface ObserveOptions {
  observer: Observer | undefined
  tracing: Tracing
  /** A clock that is never set back, ms. @default performance.now */
  readClockMs?: () => number
}

export function createObserveMiddleware({
  observer,
  tracing,
  readClockMs = () => performance.now(),
}: ObserveOptions): MiddlewareHandler<ResponseEnv> {
  function report(c: ServiceContext, startedMs: number): void {
    observer?.request?.({
      method: nameMethod(c.req.method),
      route: findRoute(c),
      status: c.res.status,
      ms: readClockMs() - startedMs,
      requestId: c.get('requestId'),
      error: c.get('errorCode'),
      traceId: parseTraceContext(c.get('traceparent'))?.traceId,
      facts: c.get('facts') ?? {},
    })
  }

  return async (c, next) => {
    const startedMs = readClockMs()
    const method = nameMethod(c.req.method)
    const route = findRoute(c)
    const parent = parseTraceparent(c.req.header('traceparent'))
    if (route === OWN_SPAN) {
      await next()
      return report(c, startedMs)
    }
    const attributes = { 'http.request.method': method, 'http.route': route }
    await tracing.run(
      `${method} ${route}`,
      { kind: 'server', parent, attributes },
      async (span) => {
        c.set('traceparent', span.traceparent)
        await next()
        const error = c.get('errorCode')
        span.set({
          'http.response.status_code': c.res.status,
          ...(error !== undefined && { 'error.type': error }),
        })
      },
    )
    report(c, startedMs)
  }
}
