/**
 * What became of an upload: OSS's 200, with the response of the callback, or its 203, which says that the object is stored
 * and the callback failed.
 *
 * @see https://www.alibabacloud.com/help/en/oss/developer-reference/callback
 */
import { type Callback, type CallbackVars, encodeCallback } from '../protocol/callback.ts'
import { parseErrorXml } from '../protocol/xml.ts'
import type { OssResponse } from './call.ts'
import { OssError } from './errors.ts'

interface StoredFacts {
  key: string
  /** Without quotes. */
  etag: string
  /** Decimal CRC-64 of the object, as OSS computed it and as it was sent. */
  crc64: string
  requestId: string
  /** In buckets with versioning. */
  versionId?: string
}

export type StoredResult = StoredFacts &
  (
    | {
        kind: 'stored'
        /** What the callback's receiver responded, when there was a callback: JSON, or the text when it is none. */
        response?: unknown
      }
    | {
        /** The object is stored, the callback failed (HTTP 203). */
        kind: 'callback-failed'
        error: { code: string; message: string; ec?: string }
      }
    | {
        /** The object is stored; the response was lost, so whether the callback was sent is not known. */
        kind: 'response-lost'
      }
  )

export interface CallbackOptions {
  /** What OSS sends to the application when the object is stored. */
  callback?: Callback | undefined
  /** Values for `${x:…}` in the callback's body; names begin with `x:`. */
  callbackVars?: CallbackVars | undefined
}

/** @throws {ProtocolError} when OSS would not accept the callback */
export function buildCallbackHeaders({
  callback,
  callbackVars,
}: CallbackOptions): Record<string, string> {
  if (!callback) return {}
  const encoded = encodeCallback(callback, callbackVars)
  return {
    'x-oss-callback': encoded.callback,
    ...(encoded.callbackVar !== undefined && { 'x-oss-callback-var': encoded.callbackVar }),
  }
}

function parseResponse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** @throws {OssError} `CHECKSUM_MISMATCH` */
export function checkChecksum(theirs: string | null, ours: string): string {
  if (theirs === null || theirs === ours) return ours
  throw new OssError(
    'CHECKSUM_MISMATCH',
    `OSS has other bytes than were sent: CRC-64 ${theirs} instead of ${ours}. Upload it again.`,
  )
}

/** @param crc64 of what was sent */
export function readStored(
  { status, headers, text }: OssResponse,
  {
    key,
    crc64,
    etag,
    hasCallback,
  }: { key: string; crc64: string; etag: string; hasCallback: boolean },
): StoredResult {
  const versionId = headers.get('x-oss-version-id')
  const facts: StoredFacts = {
    key,
    etag: (headers.get('etag') ?? etag).replaceAll('"', ''),
    crc64: checkChecksum(headers.get('x-oss-hash-crc64ecma'), crc64),
    requestId: headers.get('x-oss-request-id') ?? '',
    ...(versionId !== null && { versionId }),
  }
  if (status !== 203) {
    return { ...facts, kind: 'stored', ...(hasCallback && { response: parseResponse(text) }) }
  }
  const { code = 'CallbackFailed', message = '', ec } = parseErrorXml(text) ?? {}
  return { ...facts, kind: 'callback-failed', error: { code, message, ...(ec && { ec }) } }
}
