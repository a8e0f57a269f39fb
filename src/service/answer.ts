/**
 * Every answer leaves through here: hardened, with its request id, and with the word that other origins wait for.
 * hono's own middleware for the same sets header by header on the finished answer, which cost an eighth of
 * `POST /uploads` on Node.
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
type Body = string | Uint8Array<ArrayBuffer> | ReadableStream | null
type AnswerStatus = ContentfulStatusCode | 204 | 304

/**
 * How a platform makes an answer.
 *
 * @param standing the same table again and again
 * @param own of this answer alone; they win
 */
export type MakeAnswer = (
  body: Body,
  status: AnswerStatus,
  standing: HeaderTable,
  own: HeaderTable,
) => Response

/** One plain table: Node's server takes it as it is, and would take a `Headers` apart again. */
export const makeFromTable: MakeAnswer = (body, status, standing, own) =>
  new Response(body, { status, headers: { ...standing, ...own } })

/** For Workers, where a `Headers` that is kept saves one in twenty of `POST /uploads`. */
export function createKeptHeaders(): MakeAnswer {
  const kept = new WeakMap<HeaderTable, Headers>()
  return (body, status, standing, own) => {
    const headers = kept.get(standing) ?? new Headers(standing)
    kept.set(standing, headers)
    const response = new Response(body, { status, headers })
    for (const name in own) response.headers.set(name, own[name] ?? '')
    return response
  }
}

/** Headers that many answers have in common, for JSON and for everything else. */
interface Standing {
  json: HeaderTable
  other: HeaderTable
}

function prepareStanding(more: HeaderTable): Standing {
  const other = { ...STANDING_HEADERS, ...more }
  return {
    json: { ...other, 'content-type': 'application/json', 'cache-control': 'no-store' },
    other,
  }
}

const STANDING = prepareStanding({})

function make(
  c: Context,
  kind: keyof Standing,
  body: Body,
  status: AnswerStatus,
  headers: HeaderTable | undefined,
): Response {
  const makeAnswer = c.get('makeAnswer') as MakeAnswer
  const standing = (c.get('standing') as Standing | undefined) ?? STANDING
  const requestId = c.get('requestId') as string
  return makeAnswer(body, status, standing[kind], { ...headers, 'x-request-id': requestId })
}

/** @param headers win over the standing ones */
export function answer(
  c: Context,
  body: Body,
  status: AnswerStatus,
  headers?: HeaderTable,
): Response {
  return make(c, 'other', body, status, headers)
}

/**
 * @param text JSON already written
 * @param headers win over the standing ones
 */
export function answerJson(
  c: Context,
  text: string,
  status: ContentfulStatusCode = 200,
  headers?: HeaderTable,
): Response {
  return make(c, 'json', text, status, headers)
}

/** For OSS, which takes no answer without `Content-Length`, whatever the platform would add. */
export function answerJsonWithLength(c: Context, text: string): Response {
  return answerJson(c, text, 200, { 'content-length': String(toUtf8(text).length) })
}

const CALLERS_ID = /^[\w-]{1,64}$/

/**
 * Everything that `answer` needs. The request gets a number: the caller's when it is short and plain, so that it can be
 * followed through logs.
 */
export function createOpening(newId: () => string, makeAnswer: MakeAnswer): MiddlewareHandler {
  return (c, next) => {
    c.set('makeAnswer', makeAnswer)
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
  const vary = isOpen ? {} : { vary: 'Origin' }
  const refused = prepareStanding(vary)
  const granted = new Map(
    allowedOrigins.map((origin) => {
      const headers = {
        ...vary,
        'access-control-allow-origin': origin,
        'access-control-expose-headers': EXPOSED_HEADERS.join(','),
      }
      return [origin, prepareStanding(headers)]
    }),
  )
  return (c, next) => {
    c.set('standing', granted.get(isOpen ? '*' : (c.req.header('origin') ?? '')) ?? refused)
    return next()
  }
}
