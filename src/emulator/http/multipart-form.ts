/**
 * Reads `multipart/form-data` as OSS accepts it: part by part, with the file's bytes as a stream.
 *
 * @see https://www.rfc-editor.org/rfc/rfc7578
 * @see https://www.alibabacloud.com/help/en/oss/developer-reference/postobject
 */
import { concatBytes, toUtf8 } from '../../protocol/bytes.ts'
import { invalidArgument, OssError } from './errors.ts'
import { readBody } from './message.ts'

// Bounds of this reader; OSS names the errors but not the numbers.
const MAX_NAME_BYTES = 8 * 1024
const MAX_VALUE_BYTES = 2 * 1024 * 1024
const MAX_FIELDS_BYTES = 4 * 1024 * 1024
const MAX_PARTS = 1000
const MAX_PART_HEADER_BYTES = 16 * 1024
const CR = 13

export interface FormPart {
  name: string
  filename: string | undefined
  contentType: string | undefined
  /** The value as text; only for parts before the file. */
  text(): Promise<string>
  /** The value as it arrives. */
  chunks(): AsyncIterable<Uint8Array>
}

export interface FormReader {
  /** Undefined after the closing boundary. The part before must have been read. */
  nextPart(): Promise<FormPart | undefined>
}

const malformed = () =>
  new OssError(
    'MalformedPOSTRequest',
    'The body of your POST request is not well-formed multipart/form-data.',
  )

/** @throws {OssError} `RequestIsNotMultiPartContent` or `MalformedPOSTRequest` */
export function readBoundary(contentType: string | undefined): string {
  if (!/^multipart\/form-data\s*(;|$)/i.test(contentType ?? '')) {
    throw new OssError(
      'RequestIsNotMultiPartContent',
      'Bucket POST must be of the enclosure-type multipart/form-data.',
    )
  }
  const [, quoted, plain] =
    /;\s*boundary=(?:"([^"\r\n]{1,70})"|([^\s;",]{1,70}))\s*(?:;|$)/i.exec(contentType ?? '') ?? []
  const boundary = quoted ?? plain
  if (boundary === undefined) throw malformed()
  return boundary
}

function find(bytes: Uint8Array, wanted: Uint8Array): number {
  const first = wanted[0] ?? 0
  for (let at = bytes.indexOf(first); at >= 0; at = bytes.indexOf(first, at + 1)) {
    if (at + wanted.length > bytes.length) return -1
    let same = 1
    while (same < wanted.length && bytes[at + same] === wanted[same]) same += 1
    if (same === wanted.length) return at
  }
  return -1
}

export function createFormReader(body: AsyncIterable<Uint8Array>, boundary: string): FormReader {
  const source = body[Symbol.asyncIterator]()
  const delimiter = toUtf8(`\r\n--${boundary}`)
  const emptyLine = toUtf8('\r\n\r\n')
  // The first boundary has no line end before it; adding one makes it look like the others.
  let buffer: Uint8Array = toUtf8('\r\n')
  let state: 'start' | 'part' | 'between' | 'end' = 'start'
  let parts = 0
  let fieldBytes = 0

  async function fill(): Promise<void> {
    const { done, value } = await source.next()
    if (done) throw malformed()
    buffer =
      buffer.length === 0 ? value : concatBytes([buffer, value], buffer.length + value.byteLength)
  }

  async function take(count: number): Promise<Uint8Array> {
    while (buffer.length < count) await fill()
    const taken = buffer.subarray(0, count)
    buffer = buffer.subarray(count)
    return taken
  }

  /** Everything before `end`; `end` is consumed too. */
  async function* readUntil(end: Uint8Array): AsyncGenerator<Uint8Array> {
    for (;;) {
      const at = find(buffer, end)
      if (at >= 0) {
        const before = buffer.subarray(0, at)
        buffer = buffer.subarray(at + end.length)
        if (before.length > 0) yield before
        return
      }
      // Bytes that may be the beginning of `end` stay in the buffer; all delimiters begin with CR.
      const tail = buffer.indexOf(CR, Math.max(0, buffer.length - end.length + 1))
      const safe = tail < 0 ? buffer.length : tail
      const before = buffer.subarray(0, safe)
      buffer = buffer.subarray(safe)
      if (before.length > 0) yield before
      await fill()
    }
  }

  async function readText(end: Uint8Array, maxBytes: number, tooLong: OssError): Promise<string> {
    const bytes = await readBody(readUntil(end), maxBytes)
    if (!bytes) throw tooLong
    try {
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
    } catch {
      throw malformed()
    }
  }

  async function* readValue(): AsyncGenerator<Uint8Array> {
    yield* readUntil(delimiter)
    state = 'between'
  }

  async function readFieldText(): Promise<string> {
    const tooLong = new OssError('FieldItemTooLong', 'Your value of form field is too long.')
    const value = await readText(delimiter, MAX_VALUE_BYTES, tooLong)
    state = 'between'
    fieldBytes += value.length
    if (fieldBytes > MAX_FIELDS_BYTES) {
      throw new OssError(
        'MaxPOSTPreDataLengthExceededError',
        'Your POST request fields preceding the upload file were too large.',
      )
    }
    return value
  }

  return {
    async nextPart() {
      if (state === 'part') throw malformed()
      if (state === 'start') {
        if (find(await take(delimiter.length), delimiter) !== 0) throw malformed()
        state = 'between'
      }
      if (state === 'end') return
      const [first, second] = await take(2)
      if (first === 0x2d && second === 0x2d) {
        state = 'end'
        return
      }
      parts += 1
      if (first !== CR || second !== 10 || parts > MAX_PARTS) throw malformed()
      const headers = await readText(emptyLine, MAX_PART_HEADER_BYTES, malformed())
      state = 'part'
      return { ...parsePartHeaders(headers), text: readFieldText, chunks: readValue }
    },
  }
}

/** `Content-Disposition`, optionally followed by `Content-Type`; other headers are refused. */
function parsePartHeaders(text: string): Pick<FormPart, 'name' | 'filename' | 'contentType'> {
  const [disposition = '', type, ...more] = text.split('\r\n')
  const contentType = /^content-type:(.*)$/i.exec(type ?? '')?.[1]?.trim()
  if (more.length > 0 || (type !== undefined && contentType === undefined)) {
    throw invalidArgument('The bucket POST contains unrecognized field name.')
  }
  const parameters = /^content-disposition:[ \t]*form-data[ \t]*(;.*)$/i.exec(disposition)?.[1]
  const name = readParameter(parameters ?? '', 'name')
  if (name === undefined) throw malformed()
  if (toUtf8(name).length > MAX_NAME_BYTES) {
    throw new OssError('FieldItemTooLong', 'Your name of form field is too long.')
  }
  return { name, filename: readParameter(parameters ?? '', 'filename'), contentType }
}

/** A quoted string may hold `\"`; any other backslash stands for itself, as in a Windows path. */
function readParameter(parameters: string, wanted: string): string | undefined {
  const pattern = /;[ \t]*([A-Za-z0-9*_-]+)=(?:"((?:[^"\\]|\\.)*)"|([^\s;"]*))/gy
  for (const [, name = '', quoted, plain] of parameters.matchAll(pattern)) {
    if (name.toLowerCase() === wanted) return quoted?.replaceAll('\\"', '"') ?? plain
  }
  return undefined
}
