/**
 * The headers of every response, and errors as OSS prints them.
 *
 * @see https://www.alibabacloud.com/help/en/oss/developer-reference/error-responses
 */
import { toBase64, toUtf8 } from '../../protocol/bytes.ts'
import { OssError } from './errors.ts'
import type { EmulatorReply } from './message.ts'
import { buildXmlDocument } from './xml.ts'

export interface ReplyFacts {
  method: string
  requestId: string
  host: string
  now: Date
  /** Wall-clock milliseconds that serving took. */
  tookMs: number
}

/** Adds request id, server time, date and length, and drops the body of a response to HEAD. */
export function completeReply(reply: EmulatorReply, facts: ReplyFacts): EmulatorReply {
  const { body, status } = reply
  const bytes = typeof body === 'string' ? toUtf8(body) : body
  const hasBody = status !== 204 && status !== 304
  const length = bytes instanceof Uint8Array ? bytes.length : bytes ? undefined : 0
  const headers: Record<string, string> = {
    server: 'AliyunOSS',
    date: facts.now.toUTCString(),
    ...(hasBody && length !== undefined && { 'content-length': String(length) }),
    ...reply.headers,
    'x-oss-request-id': facts.requestId,
    'x-oss-server-time': String(Math.round(facts.tookMs)),
  }
  if (facts.method === 'HEAD' || !hasBody) return { status, headers }
  return { status, headers, ...(bytes !== undefined && { body: bytes }) }
}

/** Anything that was thrown, as an error of OSS; an unknown error becomes an `InternalError` without details. */
export function toOssError(error: unknown): OssError {
  if (error instanceof OssError) return error
  return new OssError(
    'InternalError',
    'We encountered an internal error. Please try again. (Please contact the server administrator, oss@service.aliyun.com.)',
  )
}

/** The error of HEAD has no body: its XML is in the header `x-oss-err`, as Base64. */
export function buildErrorReply(error: OssError, facts: ReplyFacts): EmulatorReply {
  const xml = buildXmlDocument('Error', {
    Code: error.code,
    Message: error.message,
    RequestId: facts.requestId,
    HostId: facts.host,
    ...error.extras,
    EC: error.ec,
    RecommendDoc: error.ec && `https://api.aliyun.com/troubleshoot?q=${error.ec}`,
  })
  const headers: Record<string, string> = {
    ...error.headers,
    ...(error.ec !== undefined && { 'x-oss-ec': error.ec }),
  }
  if (error.status === 304) return { status: 304, headers }
  if (facts.method === 'HEAD') {
    return { status: error.status, headers: { ...headers, 'x-oss-err': toBase64(xml) } }
  }
  return {
    status: error.status,
    headers: { ...headers, 'content-type': 'application/xml' },
    body: xml,
  }
}
