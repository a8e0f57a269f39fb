/**
 * Request bodies: a limit of bytes and of time, then JSON, then exactly the expected fields.
 */
import * as v from 'valibot'
import { concatBytes } from '../protocol/bytes.ts'
import { PENDING, waitAtMost } from '../signer/single-flight.ts'
import { ServiceError } from './errors.ts'

/** Bytes. The longest session has 12 KB; OSS's callbacks stay under 16 KB. */
export const MAX_BODY_BYTES = 64 * 1024

/** For a whole body, ms: 64 KiB at 35 kbit/s, the slowest of mobile networks. */
const BODY_LIMIT_MS = 15_000

function refuseLength(): never {
  throw new ServiceError('BODY_TOO_LARGE', `The body is longer than ${MAX_BODY_BYTES} bytes.`)
}

async function readStream(body: ReadableStream<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of body) {
    length += chunk.length
    if (length > MAX_BODY_BYTES) refuseLength()
    chunks.push(chunk)
  }
  return concatBytes(chunks, length)
}

async function readWhole(request: Request, length: string | null): Promise<Uint8Array> {
  if (length === null || request.headers.has('transfer-encoding')) {
    return request.body ? readStream(request.body) : new Uint8Array()
  }
  // The HTTP parser holds the sender to the length it announced.
  const bytes = new Uint8Array(await request.arrayBuffer())
  return bytes.length > MAX_BODY_BYTES ? refuseLength() : bytes
}

function refuseDelay(): never {
  throw new ServiceError(
    'BODY_TIMEOUT',
    `The body was not there within ${BODY_LIMIT_MS / 1000} seconds.`,
  )
}

function refuseConsumed(cause?: unknown): never {
  throw new ServiceError(
    'BODY_CONSUMED',
    'Another body parser has read the body before this service: mount the service before it, or exempt its path.',
    { cause },
  )
}

/**
 * The body as it arrived.
 *
 * @throws {ServiceError} `BODY_TOO_LARGE`, `BODY_INCOMPLETE`, `BODY_TIMEOUT`, `BODY_CONSUMED`
 */
export async function readBytes(request: Request): Promise<Uint8Array> {
  const length = request.headers.get('content-length')
  if (length !== null && Number(length) > MAX_BODY_BYTES) refuseLength()
  if (request.bodyUsed) refuseConsumed()
  let bytes: Uint8Array | typeof PENDING
  try {
    bytes = await waitAtMost(readWhole(request, length), BODY_LIMIT_MS)
  } catch (cause) {
    if (cause instanceof ServiceError) throw cause
    throw new ServiceError('BODY_INCOMPLETE', 'The body broke off before its end.', { cause })
  }
  if (bytes === PENDING) return refuseDelay()
  // Adapters on Node's own request see the end of a stream that was read before.
  if (bytes.length === 0 && Number(length ?? 0) > 0) refuseConsumed()
  return bytes
}

const JSON_TYPE = /^application\/json[ \t]*(?:;|$)/i
const decoder = new TextDecoder('utf-8', { fatal: true })

/** Names are echoed only when they are plain words: a body's text has no place in a response. */
function nameField(path: string | null): string {
  if (path === null) return 'the body'
  return /^[\w.-]{1,64}$/.test(path) ? `the field ${path}` : 'a field'
}

/** @throws {ServiceError} `BODY_TYPE`, `BODY_JSON`, and what `readBytes` throws */
export async function readJsonValue(request: Request): Promise<unknown> {
  if (!JSON_TYPE.test(request.headers.get('content-type') ?? '')) {
    throw new ServiceError('BODY_TYPE', 'The body must be JSON, sent as application/json.')
  }
  const bytes = await readBytes(request)
  try {
    return JSON.parse(decoder.decode(bytes))
  } catch {
    // The parser's message quotes the body.
    throw new ServiceError('BODY_JSON', 'The body is not JSON in UTF-8.')
  }
}

/**
 * The value, when it has exactly the fields of the schema.
 *
 * @throws {ServiceError} `BODY_FIELD`
 */
export function checkFields<T>(value: unknown, schema: v.GenericSchema<unknown, T>): T {
  const result = v.safeParse(schema, value, { abortEarly: true })
  if (result.success) return result.output
  const [issue] = result.issues
  const field = nameField(v.getDotPath(issue))
  const isUnknown = issue.expected === 'never'
  throw new ServiceError(
    'BODY_FIELD',
    isUnknown
      ? `The body has ${field === 'a field' ? 'a field that' : `${field}, which`} does not belong here.`
      : `The body is not as expected: ${field} ${issue.type === 'strict_object' ? 'must be an object with all its fields' : issue.message}.`,
  )
}

/** @throws {ServiceError} what the two above throw */
export async function readJson<T>(
  request: Request,
  schema: v.GenericSchema<unknown, T>,
): Promise<T> {
  return checkFields(await readJsonValue(request), schema)
}
