/** One signed request of the doctor to OSS, and what OSS said. It is never repeated. */
import { type OssRequest, signRequest } from '../../protocol/sign-v4.ts'
import type { Credentials } from '../../protocol/signing-key.ts'
import { parseErrorXml, readErrorXml } from '../../protocol/xml.ts'
import { fetchText, type NetworkFault } from './network.ts'

export interface OssResponse {
  kind: 'response'
  status: number
  /** Of an error: OSS's code, e.g. `AccessDenied`; else empty. */
  code: string
  message: string
  ec: string
  headers: Headers
  body: string
  /** Whether OSS itself has responded, and not something in front of it. */
  isOss: boolean
}

export type OssOutcome = OssResponse | { kind: 'failed'; fault: NetworkFault }

export type OssCall = (
  request: Pick<OssRequest, 'method' | 'key' | 'query' | 'headers'> & {
    /** Bytes: with a text, `fetch` would add a content type that is not signed. */
    body?: Uint8Array<ArrayBuffer>
  },
) => Promise<OssOutcome>

export type OssPlace = Pick<OssRequest, 'bucket' | 'region' | 'endpoint' | 'addressing'>

/** Codes are printed: a text that cannot be a code, from something that only claims to be OSS, is dropped. */
function readWord(text: string | null | undefined): string {
  return /^[\w.-]{1,64}$/.test(text ?? '') ? (text ?? '') : ''
}

export function readOssResponse(status: number, headers: Headers, body: string): OssResponse {
  const error =
    status < 300 && status !== 203 ? undefined : parseErrorXml(readErrorXml(headers, body))
  return {
    kind: 'response',
    status,
    code: readWord(error?.code),
    message: error?.message ?? '',
    ec: readWord(error?.ec ?? headers.get('x-oss-ec')),
    headers,
    body,
    isOss: headers.has('x-oss-request-id'),
  }
}

export function createOssCall(
  place: OssPlace,
  credentials: Credentials,
  { fetch: fetcher, now }: { fetch: typeof fetch; now: () => Date },
): OssCall {
  return async ({ body, ...request }) => {
    const { method, url, headers } = signRequest(
      { ...place, ...request },
      { credentials, now: now() },
    )
    const response = await fetchText(fetcher, url, {
      method,
      headers,
      ...(body !== undefined && { body }),
    })
    if (response.kind === 'failed') return response
    return readOssResponse(response.status, response.headers, response.body)
  }
}
