/**
 * Every answer leaves through here: hardened, with its request id, and with the word that other origins wait for.
 * All headers in one plain object: hono's own middleware for the same sets them one by one on the finished answer, which
 * cost an eighth of `POST /uploads` on Node.
 *
 * @see https://cheatsheetseries.owasp.org/cheatsheets/REST_Security_Cheat_Sheet.html#security-headers
 */
import type { Context, MiddlewareHandler } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { toUtf8 } from '../protocol/bytes.ts'

const STANDING_HEADERS = {
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'strict-transport-security': 'max-age=15552000; includeSubDomains',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
} as const

type HeaderTable = Readonly<Record<string, string>>

/** @param headers win over the standing ones */
export function answer(
  c: Context,
  body: string | Uint8Array<ArrayBuffer> | ReadableStream | null,
  status: ContentfulStatusCode | 204 | 304,
  headers: HeaderTable = {},
): Response {
  const own = c.get('cors') as HeaderTable | undefined
  const requestId = { 'x-request-id': c.get('requestId') as string }
  const all = { ...STANDING_HEADERS, ...requestId, ...own, ...headers }
  // Not `c.newResponse`: it makes a `Headers` of the table, which Node's server takes apart again.
  return new Response(body, { status, headers: all })
}

const JSON_HEADERS = { 'content-type': 'application/json', 'cache-control': 'no-store' }

/** @param text JSON already written */
export function answerJson(
  c: Context,
  text: string,
  status: ContentfulStatusCode = 200,
  headers: HeaderTable = {},
): Response {
  return answer(c, text, status, { ...JSON_HEADERS, ...headers })
}

/** For OSS, which takes no answer without `Content-Length`, whatever the platform would add. */
export function answerJsonWithLength(c: Context, text: string): Response {
  return answerJson(c, text, 200, { 'content-length': String(toUtf8(text).length) })
}

const CALLERS_ID = /^[\w-]{1,64}$/

/** Numbers the request: the caller's id when it is short and plain, so that it can be followed through logs. */
export function createNumbering(newId: () => string): MiddlewareHandler {
  return (c, next) => {
    const given = c.req.header('x-request-id')
    c.set('requestId', given !== undefined && CALLERS_ID.test(given) ? given : newId())
    return next()
  }
}

/** What a page may read besides the body. */
export const EXPOSED_HEADERS = ['x-request-id', 'retry-after']

/** Lets pages of the allowed origins read the answers. Preflights are not its business. */
export function createOriginCheck(allowedOrigins: readonly string[]): MiddlewareHandler {
  const isOpen = allowedOrigins.includes('*')
  const refused = isOpen ? {} : { vary: 'Origin' }
  const granted = new Map(
    allowedOrigins.map((origin) => {
      const headers = {
        ...refused,
        'access-control-allow-origin': origin,
        'access-control-expose-headers': EXPOSED_HEADERS.join(','),
      }
      return [origin, headers]
    }),
  )
  return (c, next) => {
    c.set('cors', granted.get(isOpen ? '*' : (c.req.header('origin') ?? '')) ?? refused)
    return next()
  }
}
