/**
 * `docs/api.md`, written from the description of the service: `node src/dev/openapi/page.ts`. A test keeps it in step.
 * Over 200 lines: one entry for each code.
 */
import { writeFileSync } from 'node:fs'
import { buildOpenApi } from './document.ts'
import type { Json } from './json.ts'

interface Described {
  summary: string
  security: Record<string, unknown>[]
  parameters?: { name: string; in: string; description?: string }[]
  requestBody?: { content: Record<string, { schema: Json }> }
  responses: Record<string, { description: string; content?: Record<string, { schema: Json }> }>
}

const TOKENS: Readonly<Record<string, string>> = {
  userToken: 'the bearer token of a user',
  operatorToken: 'the operator’s token (`UPCALL_OPERATOR_TOKEN`)',
  metricsToken: 'the metrics token (`UPCALL_METRICS_TOKEN`)',
  ossSignature: 'OSS’s signature, checked with the pinned key',
}

const FROM_TYPESCRIPT = [
  'From another TypeScript service, `oss-upcall/api` has a method for each of these routes, under its `operationId`; its types come from the schemas that the',
  'description is made of:',
  '',
  '```ts',
  "import { ApiError, createApiClient } from 'oss-upcall/api'",
  '',
  'declare const createToken: () => Promise<string>',
  '',
  'const uploads = createApiClient({',
  "  endpoint: 'https://uploads.example.com',",
  '  headers: async () => ({ authorization: `Bearer ${await createToken()}` }),',
  '})',
  'try {',
  "  const ticket = await uploads.createUpload({ profile: 'files', name: 'a.txt', type: 'text/plain', size: 5 })",
  '  console.log(ticket.kind, ticket.key)',
  '} catch (error) {',
  "  if (!(error instanceof ApiError && error.serviceCode === 'TYPE_REFUSED')) throw error",
  '}',
  '```',
  '',
  'It repeats no request: `error.retryable` and `error.retryAfterSeconds` say when another attempt makes sense. Whoever wants a whole upload, with retries, takes',
  '`uploadFile` of `oss-upcall/node` ([server-uploads.md](server-uploads.md)).',
  '',
]

/** What each code of an error means, and what to do. */
export const CODES: Readonly<Record<string, readonly [means: string, cure: string]>> = {
  AUTHENTICATION_FAILED: [
    'the program’s own `authenticate` threw',
    'read the log; the page tries again',
  ],
  BEFORE_UPLOAD_FAILED: [
    'the application could not be asked before the upload',
    'look at `UPCALL_BEFORE_URL`; the page tries again',
  ],
  BODY_CONSUMED: ['another body parser has read the body', 'mount the service before it'],
  BODY_FIELD: [
    'a field is missing, wrong or unknown',
    'correct the request; the message names the field',
  ],
  BODY_INCOMPLETE: ['the body broke off', 'send it again'],
  BODY_JSON: ['the body is not JSON in UTF-8', 'correct the request'],
  BODY_TIMEOUT: ['the body did not come within 15 s', 'send it again'],
  BODY_TOO_LARGE: ['the body has more than 64 KiB', 'send fewer or shorter values'],
  BODY_TYPE: ['the body is not `application/json`', 'set `content-type`'],
  CALLBACK_MISMATCH: ['the callback contradicts its seal', 'nothing: somebody has changed it'],
  CALLBACK_SIGNATURE: [
    'the callback is not signed by OSS',
    'look whether a proxy changes headers or body: `upcall doctor`',
  ],
  CALLBACK_TOO_LONG: ['name and variables make the callback longer than OSS takes', 'shorten them'],
  CALLBACK_VAR: ['a variable is no text that OSS takes', 'correct it'],
  CLAIM_MISSING: [
    'the profile’s key needs a claim that the token lacks',
    'add the claim to the token',
  ],
  CLIENT_FILES_MISSING: [
    'the service was given no files of the browser client',
    'set `assets: readClientFiles()`, or bundle the client',
  ],
  CONFIG: ['the service has settings that cannot work', 'the message and the log name them'],
  CONTENT_MD5_REFUSED: [
    '`contentMd5` with an upload in parts',
    'leave it out, or send one request',
  ],
  CREDENTIALS_UNAVAILABLE: [
    'the credentials of OSS have expired and cannot be renewed',
    'look at STS or the role: `upcall doctor`',
  ],
  FILE_EMPTY: ['an empty file cannot be sent in parts', 'send it as form or PUT'],
  FILE_NAME: ['the name has characters that no name can have, or is too long', 'rename the file'],
  FILE_TOO_LARGE: ['larger than the profile allows', 'choose another file'],
  FILE_TOO_SMALL: ['smaller than the profile allows', 'choose another file'],
  IDEMPOTENCY_KEY: ['the header is not 1 to 255 printable ASCII characters', 'correct it'],
  INTERNAL: ['something unplanned', 'the log has the cause under the request id'],
  METADATA_TOO_LONG: ['name, variables and subject are longer than 8 KB', 'shorten them'],
  METHOD_NOT_ALLOWED: ['another HTTP method', 'see `allow`'],
  METHOD_REFUSED: ['the profile does not allow this way to upload', 'leave `method` out'],
  MOUNT_PATH: [
    'the service is mounted under another path than its settings say',
    'correct the path of `publicUrl`, or `basePath`; and `endpoint` in the page',
  ],
  NOT_FOUND: [
    'there is nothing at this address',
    'look at the path, and at the settings that open it',
  ],
  OBJECT_EXISTS: ['there is an object of this key', 'ask for a new ticket'],
  OBJECT_KEY: [
    'the key would not be one of OSS',
    'look at the profile’s `key` and the values in it',
  ],
  OBJECT_MISMATCH: ['the object is not the one of this upload', 'upload it again'],
  OBJECT_MISSING: ['there is no object yet', 'upload it first'],
  OBJECT_REPLACED: [
    'the object was stored again with other bytes',
    'the application is told; look at the object',
  ],
  OSS_ERROR: ['OSS refused a call of the service', 'the message has OSS’s code: `upcall doctor`'],
  OSS_UNREACHABLE: ['OSS did not respond to the service', 'try again; look at the network'],
  PART_NUMBER: ['a part that this upload does not have', 'correct the request'],
  PART_PLAN: ['no division into parts that OSS takes', 'send a smaller file or another `partSize`'],
  PROFILE: ['the profile cannot serve this upload', 'correct the profile'],
  PROFILE_UNKNOWN: ['there is no profile of this name', 'correct the name, or the settings'],
  QUOTA_EXCEEDED: ['the application’s quota', 'its message says more'],
  RATE_LIMITED: ['too many requests', 'wait as `Retry-After` says'],
  RECEIPT_NOT_RECORDED: [
    'the outbox could not take the receipt',
    'look at the store; confirm it again',
  ],
  SCOPE_MISSING: ['the token lacks a scope of the profile', 'get a token with it'],
  SEAL_EXPIRED: ['the callback came more than an hour after its session', 'look at the clocks'],
  SEAL_INVALID: [
    'the callback is of no upload of this service',
    'look whether `UPCALL_SECRET` was replaced',
  ],
  SESSION_EXPIRED: ['the session has expired', 'start the upload again'],
  SESSION_INVALID: ['the session is of another user or service', 'start the upload again'],
  SESSION_KIND: ['the session is not of an upload in parts', 'correct the request'],
  TEXT: ['a text that cannot be sent to OSS', 'correct it'],
  TOKEN_EXPIRED: ['the bearer token has expired', 'get a new one'],
  TOKEN_INVALID: [
    'the bearer token is malformed, wrongly signed, or for another audience',
    'look at issuer, audience and keys',
  ],
  TOKEN_KEYS_UNREACHABLE: ['the issuer’s keys cannot be had', 'look at `UPCALL_JWKS_URL`'],
  TOKEN_MISSING: ['there is no bearer token', 'send `Authorization: Bearer …`'],
  TOKEN_TOO_LONG: ['the token has more than 8 192 characters', 'leave claims out'],
  TYPE_REFUSED: [
    'the profile does not allow this media type',
    'choose another file, or change the profile',
  ],
  UNAUTHENTICATED: ['the program’s own `authenticate` knows no such user', 'sign in'],
  UPLOAD_GONE: ['OSS does not have this upload any more', 'start it again'],
  UPLOAD_REFUSED: ['the application refused it; the code is its own', 'its message says more'],
  VARS_TOO_LONG: ['the variables are longer than the callback may be', 'shorten them'],
  VAR_REFUSED: ['a variable that the profile does not name', 'name it in `vars` of the profile'],
  XML: ['OSS’s response could not be read', 'look for a proxy between service and OSS'],
}

function describeSchema(schema: Json): string {
  if (typeof schema !== 'object' || Array.isArray(schema)) return ''
  const { $ref: target, anyOf, description } = schema
  if (typeof target === 'string') return `\`${target.split('/').at(-1)}\``
  if (Array.isArray(anyOf)) return anyOf.map(describeSchema).join(' or ')
  return typeof description === 'string' ? description : 'JSON'
}

function describeOperation(path: string, method: string, operation: Described): string[] {
  const [scheme = ''] = Object.keys(operation.security[0] ?? {})
  const [body] = Object.values(operation.requestBody?.content ?? {})
  const parameters = (operation.parameters ?? []).map(
    ({ name, in: place }) => `\`${name}\` (${place})`,
  )
  const rows = Object.entries(operation.responses).map(([status, { description, content }]) => {
    const [media] = Object.values(content ?? {})
    const isError = Number(status) >= 400 && path !== '/readyz'
    const words = isError
      ? description
          .split(', ')
          .map((code) => `\`${code}\``)
          .join(' ')
      : [description, media && describeSchema(media.schema)].filter(Boolean).join(' ')
    return `| ${status} | ${words} |`
  })
  return [
    `## \`${method.toUpperCase()} ${path}\``,
    '',
    operation.summary,
    '',
    `- Needs: ${TOKENS[scheme] ?? 'nothing'}`,
    ...(body ? [`- Body: ${describeSchema(body.schema)}`] : []),
    ...(parameters.length > 0 ? [`- Parameters: ${parameters.join(', ')}`] : []),
    '',
    '| Status | |',
    '|---|---|',
    ...rows,
    '',
  ]
}

export function buildApiPage(): string {
  const { paths } = buildOpenApi('') as unknown as {
    paths: Record<string, Record<string, Described>>
  }
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, one]) => describeOperation(path, method, one)),
  )
  const codes = Object.entries(CODES).map(
    ([code, [means, cure]]) => `| \`${code}\` | ${means} | ${cure} |`,
  )
  return `${[
    '# The service’s routes',
    '',
    'Written from `GET /openapi.json` (OpenAPI 3.1) by `node src/dev/openapi/page.ts`. That file is made when the package is built and served beside the client;',
    'bodies are described there, field by field. Tests check that it is valid, that it has every route, and that every response of the tests is as it says.',
    '',
    ...FROM_TYPESCRIPT,
    ...operations,
    '## Codes of errors',
    '',
    'Every error response is `{"error":{"code","message","requestId","retryable"}}`. Any route may respond 500 `INTERNAL` or `CONFIG`.',
    '',
    '| Code | Means | What to do |',
    '|---|---|---|',
    ...codes,
  ].join('\n')}\n`
}

if (import.meta.main) writeFileSync('docs/api.md', buildApiPage())
