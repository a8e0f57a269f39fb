/**
 * Middleware and helpers that build every response: security headers, request id, CORS headers.
 *
 * The plain way is hono's own `secureHeaders`, `requestId` and `cors`; response.test.ts compares with it. They set header
 * by header on a finished `Response`, which cost 12 % of `POST /uploads` on Node (`npm run bench`); here the headers are
 * tables that exist before the request comes.
 *
 * @see https://cheatsheetseries.owasp.org/cheatsheets/REST_Security_Cheat_Sheet.html#security-headers
 */
import type { Context, MiddlewareHandler } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { toUtf8 } from '../protocol/bytes.ts'

/** What hono's `secureHeaders` sets for an API without pages of its own. */
export const SECURITY_HEADERS = {
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'strict-transport-security': 'max-age=15552000; includeSubDomains',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
} as const

type HeaderTable = Readonly<Record<string, string>>
type Body = string | Uint8Array<ArrayBuffer> | ReadableStream | null
type ResponseStatus = ContentfulStatusCode | 204 | 304

/** Headers that many responses have in common. */
interface BaseHeaders {
  json: HeaderTable
  other: HeaderTable
}

/** The upload that a request is about, as far as it is known. */
export interface RequestFacts {
  uploadId?: string
  profile?: string
  /** These three are data of users: a log names them only where its settings allow it. */
  subject?: string
  key?: string
  name?: string
}

/** What the middleware sets, and its helpers read. */
export interface ResponseEnv {
  Variables: {
    requestId: string
    baseHeaders: BaseHeaders
    buildResponse: BuildResponse
    /** Of an error response. */
    errorCode: string | undefined
    /** Only where an observer is. */
    facts: RequestFacts | undefined
    /** Of the span of this request; without tracing, the one that came in. */
    traceparent: string | undefined
  }
}

/** A request inside the service. */
export type ServiceContext = Context<ResponseEnv>

/** Adds to what is known of the upload of a request. */
export function noteFacts(c: ServiceContext, facts: RequestFacts): void {
  c.set('facts', { ...c.get('facts'), ...facts })
}

/**
 * How a platform builds a response fastest.
 *
 * @param base the same table for many responses
 * @param own of this response alone; they win
 */
export type BuildResponse = (
  body: Body,
  status: ResponseStatus,
  base: HeaderTable,
  own: HeaderTable,
) => Response

/** One plain table: `@hono/node-server` writes it as it is, and would have to read a `Headers` again. */
export const buildFromTable: BuildResponse = (body, status, base, own) =>
  new Response(body, { status, headers: { ...base, ...own } })

/** For Workers, where a `Headers` object that is used again saves 5 % of `POST /uploads`. */
export function createBuildFromHeaders(): BuildResponse {
  const cached = new WeakMap<HeaderTable, Headers>()
  return (body, status, base, own) => {
    const headers = cached.get(base) ?? new Headers(base)
    cached.set(base, headers)
    const response = new Response(body, { status, headers })
    for (const name in own) response.headers.set(name, own[name] ?? '')
    return response
  }
}

function prepareBaseHeaders(more: HeaderTable): BaseHeaders {
  const other = { ...SECURITY_HEADERS, ...more }
  return {
    json: { ...other, 'content-type': 'application/json', 'cache-control': 'no-store' },
    other,
  }
}

const WITHOUT_CORS = prepareBaseHeaders({})

function build(
  c: ServiceContext,
  kind: keyof BaseHeaders,
  body: Body,
  status: ResponseStatus,
  headers: HeaderTable | undefined,
): Response {
  // Not `c.var`: it is made anew, of all variables, each time.
  const base = c.get('baseHeaders')[kind]
  const own = { ...headers, 'x-request-id': c.get('requestId') }
  return c.get('buildResponse')(body, status, base, own)
}

/** @param headers win over the base headers */
export function respond(
  c: ServiceContext,
  body: Body,
  status: ResponseStatus,
  headers?: HeaderTable,
): Response {
  return build(c, 'other', body, status, headers)
}

/**
 * @param json its text, or the bytes of it
 * @param headers win over the base headers
 */
export function respondJson(
  c: ServiceContext,
  json: string | Uint8Array<ArrayBuffer>,
  status: ContentfulStatusCode = 200,
  headers?: HeaderTable,
): Response {
  return build(c, 'json', json, status, headers)
}

/** For OSS, which takes no callback response without `Content-Length`. */
export function respondJsonWithLength(c: ServiceContext, text: string): Response {
  return respondJson(c, text, 200, { 'content-length': String(toUtf8(text).length) })
}

const CALLERS_ID = /^[\w-]{1,64}$/

/** First middleware: the request id, which is the caller's own when it is short and plain. */
export function createResponseMiddleware(
  newId: () => string,
  buildResponse: BuildResponse,
): MiddlewareHandler<ResponseEnv> {
  return (c, next) => {
    const given = c.req.header('x-request-id')
    c.set('requestId', given !== undefined && CALLERS_ID.test(given) ? given : newId())
    c.set('baseHeaders', WITHOUT_CORS)
    c.set('buildResponse', buildResponse)
    return next()
  }
}

/** What a page may read besides the body. */
export const EXPOSED_HEADERS = ['x-request-id', 'retry-after']

/** Lets pages of the allowed origins read responses. Hono's `cors` responds to preflights. */
export function createCorsMiddleware(
  allowedOrigins: readonly string[],
): MiddlewareHandler<ResponseEnv> {
  const isOpen = allowedOrigins.includes('*')
  const vary = isOpen ? {} : { vary: 'Origin' }
  const refused = prepareBaseHeaders(vary)
  const granted = new Map(
    allowedOrigins.map((origin) => {
      const headers = {
        ...vary,
        'access-control-allow-origin': origin,
        'access-control-expose-headers': EXPOSED_HEADERS.join(','),
      }
      return [origin, prepareBaseHeaders(headers)]
    }),
  )
  return (c, next) => {
    c.set('baseHeaders', granted.get(isOpen ? '*' : (c.req.header('origin') ?? '')) ?? refused)
    return next()
  }
}
