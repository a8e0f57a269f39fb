/**
 * Requests that Node's HTTP parser refuses, so that they never become a request of the emulator. They get OSS's
 * error document and a request id like every other error.
 */
import { fromUtf8 } from '../../protocol/bytes.ts'
import { OssError } from '../http/errors.ts'
import { encodeHeaders } from '../http/fetch-adapter.ts'
import { buildErrorReply, completeReply } from '../http/reply.ts'
import { createRequestId } from '../operations/context.ts'

/** Codes of Node's errors. @see https://nodejs.org/api/http.html#event-clienterror */
function toError(code: string | undefined): OssError {
  switch (code) {
    case 'HPE_INVALID_METHOD':
      return new OssError(
        'MethodNotAllowed',
        'The specified method is not allowed against this resource.',
      )
    case 'HPE_HEADER_OVERFLOW':
      return new OssError('BadRequest', 'The headers of the request are too large.')
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new OssError('RequestTimeout', 'The request was not received in time.')
    default:
      return new OssError('BadRequest', 'The request is not well-formed HTTP.')
  }
}

/** The whole response, in ASCII. The connection closes after it. */
export function buildMalformedResponse(code: string | undefined, now: Date): string {
  const error = toError(code)
  const facts = { method: '', requestId: createRequestId(), host: '', now, tookMs: 0 }
  const { status, headers, body } = completeReply(buildErrorReply(error, facts), facts)
  const lines = Object.entries(encodeHeaders({ ...headers, connection: 'close' }))
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')
  const reason = status === 405 ? 'Method Not Allowed' : 'Bad Request'
  const text = body instanceof Uint8Array ? fromUtf8(body) : ''
  return `HTTP/1.1 ${status} ${reason}\r\n${head}\r\n${text}`
}
