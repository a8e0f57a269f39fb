/** Requests for credentials: within a time limit and a size, never redirected, and errors without what they quote. */
import { readText } from '../signer/read-text.ts'
import { CredentialsError } from './errors.ts'

export interface HttpOptions {
  /** @default the platform's own */
  fetch?: typeof fetch | undefined
  /** Of each request, ms. @default 5 000 */
  timeoutMs?: number | undefined
}

export interface TextResponse {
  status: number
  text: string
  /** The header `date`: when the other side's clock says it is. */
  date: string | null
}

const TIMEOUT_MS = 5000
/** Bytes. A security token has about 1 000 characters. */
const MAX_RESPONSE_BYTES = 64 * 1024

/**
 * @param what the other side, for errors, e.g. `STS at sts.aliyuncs.com`
 * @throws {CredentialsError} `UNREACHABLE`
 */
export async function request(
  what: string,
  url: string,
  init: { method: string; headers?: Record<string, string>; body?: string },
  { fetch: fetcher = (input, more) => fetch(input, more), timeoutMs = TIMEOUT_MS }: HttpOptions,
): Promise<TextResponse> {
  try {
    const signal = AbortSignal.timeout(timeoutMs)
    const response = await fetcher(url, { ...init, redirect: 'manual', signal })
    const { status, headers } = response
    return { status, text: await readText(response, MAX_RESPONSE_BYTES), date: headers.get('date') }
  } catch (cause) {
    throw new CredentialsError('UNREACHABLE', `${what} did not respond in time or at all.`, {
      cause,
    })
  }
}
