/**
 * Whether a request and its response are as `/openapi.json` says: route, status, media type, body, code. Every response of the
 * tests of the service goes through it.
 */
import { type Schema, Validator } from '@cfworker/json-schema'
import { buildOpenApi } from '../../src/dev/openapi/document.ts'

interface MediaType {
  schema: Schema
}
interface DescribedResponse {
  description: string
  content?: Record<string, MediaType>
}
interface DescribedOperation {
  requestBody?: { content: Record<string, MediaType> }
  responses: Record<string, DescribedResponse>
}

export const DOCUMENT = buildOpenApi('0.0.0')
const PATHS = DOCUMENT.paths as unknown as Record<string, Record<string, DescribedOperation>>

/** Schemas refer to each other by the place that they have in the document. */
function createValidator(schema: Schema): Validator {
  return new Validator({ ...schema, components: DOCUMENT.components } as Schema, '2020-12', false)
}

const validators = new Map<MediaType, Validator>()

function validate(media: MediaType, body: unknown, where: string): void {
  const validator = validators.get(media) ?? createValidator(media.schema)
  validators.set(media, validator)
  const { valid, errors } = validator.validate(body)
  if (valid) return
  const words = errors.map(({ instanceLocation, error }) => `${instanceLocation}: ${error}`)
  throw new Error(`${where} is not as src/dev/openapi says:\n${words.slice(0, 6).join('\n')}`)
}

/** The path of the document, or undefined for an address without a route. */
function findPath(pathname: string): string | undefined {
  if (Object.hasOwn(PATHS, pathname)) return pathname
  return /^\/[a-z][a-z-]*(?:\.[0-9a-f]{8})?\.m?js$/.test(pathname) ? '/{file}' : undefined
}

/** Of a refusal: the code is one of those that the description lists. Applications have codes of their own. */
function checkCode(described: DescribedResponse, body: unknown, where: string): void {
  const { error } = body as { error: { code: string } }
  const listed = described.description.split(', ')
  const isApplications = listed.includes('UPLOAD_REFUSED') || listed.includes('TOKEN_INVALID')
  if (listed.includes(error.code) || isApplications) return
  throw new Error(`${where} has the code ${error.code}, which src/dev/openapi does not list there.`)
}

/**
 * @param basePath that the service is mounted under
 * @throws {Error} with what differs
 */
export async function checkResponse(
  request: { method: string; url: string },
  response: Response,
  basePath = '',
): Promise<void> {
  const { pathname } = new URL(request.url)
  const own =
    basePath !== '' && pathname.startsWith(basePath) ? pathname.slice(basePath.length) : pathname
  const path = findPath(own)
  const { method } = request
  const where = `${method} ${own} → ${response.status}`
  const type = response.headers.get('content-type')?.replace(/;.*/, '')
  const operation = path && PATHS[path]?.[method.toLowerCase()]
  if (!operation) {
    // No route, another method, a preflight, HEAD.
    if (type !== 'application/json' || response.status < 400) return
    validate(
      { schema: { $ref: '#/components/schemas/ErrorResponse' } },
      await response.json(),
      where,
    )
    return
  }
  const described = operation.responses[response.status]
  if (!described) throw new Error(`${where}: src/dev/openapi does not list this status.`)
  const media = type === undefined ? undefined : described.content?.[type]
  if (!media) {
    if (described.content && type !== undefined) {
      throw new Error(`${where} is ${type}, which src/dev/openapi does not list.`)
    }
    return
  }
  if (type !== 'application/json') return
  const body: unknown = await response.json()
  validate(media, body, where)
  if (response.status >= 400 && path !== '/readyz') checkCode(described, body, where)
}

/** A service whose every response is checked. */
export function withCheckedResponses<T extends { fetch(request: Request): Promise<Response> }>(
  service: T,
  basePath?: string,
): T {
  return {
    ...service,
    async fetch(request: Request) {
      const response = await service.fetch(request)
      const { method, url } = request
      await checkResponse({ method, url }, response.clone() as Response, basePath)
      return response
    },
  }
}
