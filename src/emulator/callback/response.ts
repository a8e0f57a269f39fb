/**
 * Decides whether a callback succeeded, by the rules of OSS, and what the uploader is told if not.
 *
 * @see https://www.alibabacloud.com/help/en/oss/developer-reference/callback
 */
import { fromUtf8 } from '../../protocol/bytes.ts'
import { OssError } from '../http/errors.ts'
import { isXml } from '../http/xml.ts'
import type { CallbackOutcome } from './transport.ts'

/** `body` goes to the uploader unchanged; `message` and `ec` are those of the 203. */
export type CallbackResult =
  | { ok: true; body: Uint8Array }
  | { ok: false; message: string; ec?: string }

const NOT_JSON: CallbackResult = {
  ok: false,
  message: 'Response body is not valid json format.',
  ec: '0007-00000205',
}

export function checkOutcome(
  outcome: CallbackOutcome,
  { address, timeoutMs }: { address: string; timeoutMs: number },
): CallbackResult {
  switch (outcome.kind) {
    case 'unreachable':
      return {
        ok: false,
        message: 'Error status : -1.OSS can not connect to your callbackUrl, please check it.',
      }
    case 'timeout':
      return {
        ok: false,
        message: `Error status : -1 ${address} reply timeout, cost:${timeoutMs}ms, timeout:${timeoutMs}ms (err -4, errno170)`,
        ec: '0007-00000202',
      }
    case 'too-long':
      return {
        ok: false,
        message: 'Error Status : 400.User server return too long content-length value',
      }
    case 'response': {
      const { status, headers, body } = outcome
      if (status !== 200) {
        return { ok: false, message: `Error status : ${status}.`, ec: '0007-00000203' }
      }
      if (!/^\d+$/.test(headers['content-length'] ?? '')) {
        return { ok: false, message: 'Error Status : 400.User server missing content-length.' }
      }
      return isStructured(body, headers['content-type'] ?? '') ? { ok: true, body } : NOT_JSON
    }
  }
}

/** JSON without a byte order mark, or XML if the Content-Type says so. */
function isStructured(body: Uint8Array, contentType: string): boolean {
  try {
    const text = fromUtf8(body)
    if (/^application\/xml\b/i.test(contentType)) return isXml(text)
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/** 203: the object is stored, and the callback failed. */
export function callbackFailed(
  result: Extract<CallbackResult, { ok: false }>,
  headers: Record<string, string>,
): OssError {
  return new OssError('CallbackFailed', result.message, {
    headers,
    ...(result.ec && { ec: result.ec }),
  })
}
