/**
 * GetObject compresses text when the client accepts gzip. Then the reply has neither length nor ETag.
 *
 * @see https://www.alibabacloud.com/help/en/oss/developer-reference/getobject
 */
import { MIN_GZIP_BYTES } from './limits.ts'
import type { EmulatorReply, ReplyStream } from './message.ts'

const TYPES = new Set([
  'text/cache-manifest',
  'text/xml',
  'text/plain',
  'text/css',
  'text/html',
  'text/json',
  'text/javascript',
  'application/javascript',
  'application/x-javascript',
  'application/rss+xml',
  'application/xml',
  'application/json',
])

/** @see https://www.rfc-editor.org/rfc/rfc9110#section-12.5.3 */
function acceptsGzip(text: string): boolean {
  return text.split(',').some((item) => {
    const [coding = '', ...parameters] = item.split(';').map((part) => part.trim().toLowerCase())
    const quality = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2) ?? '1'
    return coding === 'gzip' && Number(quality) > 0
  })
}

/** @param reply headers of the reply without compression */
export function wantsGzip(
  request: Record<string, string>,
  { size }: { size: number },
  reply: Record<string, string>,
): boolean {
  const type = reply['content-type']?.split(';')[0]?.trim().toLowerCase() ?? ''
  return (
    acceptsGzip(request['accept-encoding'] ?? '') &&
    request.range === undefined &&
    size >= MIN_GZIP_BYTES &&
    TYPES.has(type) &&
    reply['content-encoding'] === undefined
  )
}

export function compressReply(reply: EmulatorReply & { body: ReplyStream }): EmulatorReply {
  const {
    'content-length': _length,
    'content-md5': _md5,
    etag: _etag,
    'accept-ranges': _ranges,
    ...headers
  } = reply.headers
  const { chunks, close } = reply.body
  return {
    status: reply.status,
    headers: { ...headers, 'content-encoding': 'gzip', vary: 'Accept-Encoding' },
    body: { chunks: compress(chunks), close },
  }
}

function compress(chunks: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  const iterator = chunks[Symbol.asyncIterator]()
  const source = new ReadableStream<Uint8Array<ArrayBuffer>>({
    async pull(controller) {
      const { done, value } = await iterator.next()
      if (done) controller.close()
      else controller.enqueue(new Uint8Array(value))
    },
    async cancel() {
      await iterator.return?.()
    },
  })
  return source.pipeThrough(new CompressionStream('gzip'))
}
