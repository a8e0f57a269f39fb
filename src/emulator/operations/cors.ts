/**
 * CORS. A preflight needs no signature. A request that matches no rule is served nevertheless, without the headers
 * that let a page read the response.
 *
 * @see https://www.alibabacloud.com/help/en/oss/developer-reference/options
 */
import type { Unconfirmed } from '../behavior/unconfirmed.ts'
import { OssError } from '../http/errors.ts'
import type { EmulatorReply } from '../http/message.ts'
import type { CorsRule } from '../storage/bucket.ts'
import type { Bucket } from '../storage/model.ts'

/** At most one `*`, for any run of characters. */
function matches(text: string, pattern: string): boolean {
  const star = pattern.indexOf('*')
  if (star < 0) return text === pattern
  const [head, tail] = [pattern.slice(0, star), pattern.slice(star + 1)]
  return text.length >= head.length + tail.length && text.startsWith(head) && text.endsWith(tail)
}

// A sandboxed page or a local file sends `Origin: null`, which only a rule for all origins matches.
const matchesOrigin = (origin: string, pattern: string) =>
  origin === 'null' ? pattern === '*' : matches(origin, pattern)

function findRule(
  rules: CorsRule[],
  origin: string,
  method: string,
  headers: string[],
): { rule: CorsRule; isAny: boolean } | undefined {
  for (const rule of rules) {
    const pattern = rule.allowedOrigins.find((allowed) => matchesOrigin(origin, allowed))
    if (pattern === undefined || !rule.allowedMethods.includes(method)) continue
    const allowed = (rule.allowedHeaders ?? []).map((name) => name.toLowerCase())
    if (headers.every((name) => allowed.some((pattern) => matches(name, pattern)))) {
      return { rule, isAny: pattern === '*' }
    }
  }
  return undefined
}

function buildHeaders(
  { rule, isAny }: { rule: CorsRule; isAny: boolean },
  origin: string,
  vary: boolean,
  { corsAnyOrigin }: Unconfirmed,
): Record<string, string> {
  const isStar = isAny && corsAnyOrigin === '*'
  const { exposeHeaders = [], maxAgeSeconds } = rule
  return {
    'access-control-allow-origin': isStar ? '*' : origin,
    'access-control-allow-methods': rule.allowedMethods.join(', '),
    ...(exposeHeaders.length > 0 && { 'access-control-expose-headers': exposeHeaders.join(', ') }),
    ...(maxAgeSeconds !== undefined && { 'access-control-max-age': String(maxAgeSeconds) }),
    ...((vary || !isStar) && { vary: 'Origin' }),
  }
}

/** @throws {OssError} `BadRequest`, `AccessForbidden` */
export function buildPreflightReply(
  bucket: Bucket,
  headers: Record<string, string>,
  unconfirmed: Unconfirmed,
): EmulatorReply {
  const origin = headers.origin
  const method = headers['access-control-request-method']
  if (!origin) {
    throw new OssError('BadRequest', 'Insufficient information. Origin request header needed.')
  }
  if (!method) {
    throw new OssError(
      'BadRequest',
      'Insufficient information. Request Access-Control-Request-Method header needed.',
    )
  }
  const asked = (headers['access-control-request-headers'] ?? '')
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '')
  const found = findRule(bucket.cors, origin, method, asked)
  if (!found) {
    throw new OssError(
      'AccessForbidden',
      "CORSResponse: This CORS request is not allowed. This is usually because the evalution of Origin, request method / Access-Control-Request-Method or Access-Control-Requet-Headers are not whitelisted by the resource's CORS spec.",
    )
  }
  return {
    status: 200,
    headers: {
      ...buildHeaders(found, origin, bucket.corsVary, unconfirmed),
      ...(asked.length > 0 && { 'access-control-allow-headers': asked.join(', ') }),
    },
  }
}

/** Headers of the response to a request that is not a preflight; none when no rule matches. */
export function buildCorsHeaders(
  bucket: Bucket,
  request: { method: string; headers: Record<string, string> },
  unconfirmed: Unconfirmed,
): Record<string, string> {
  const { origin } = request.headers
  const found = origin && findRule(bucket.cors, origin, request.method, [])
  if (found) return buildHeaders(found, origin, bucket.corsVary, unconfirmed)
  return bucket.corsVary ? { vary: 'Origin' } : {}
}
