/**
 * Why there was no response. Browsers hide the reason from scripts; this finds what can be found.
 */
import type { Transport, TransportRequest } from '../options.ts'
import { type ClientErrorCode, UploadError } from './errors.ts'

/**
 * A transport whose failures carry a more exact code than `NETWORK`.
 *
 * @param blameCorsAfterMs how long a host without any readable response must have failed before it is probed
 *   for a missing CORS rule: a gateway that restarts responds without CORS headers too
 */
export function createDiagnosis(transport: Transport, blameCorsAfterMs = 10_000): Transport {
  /** Origin → when it first failed; Infinity once it has responded. */
  const origins = new Map<string, number>()

  async function diagnose({ stage }: TransportRequest, origin: string): Promise<UploadError> {
    let code: ClientErrorCode = navigator.onLine ? 'NETWORK' : 'OFFLINE'
    const now = performance.now()
    const since = origins.get(origin) ?? now
    origins.set(origin, since)
    if (now - since >= blameCorsAfterMs) {
      const onViolation = ({ blockedURI }: SecurityPolicyViolationEvent) => {
        if (blockedURI.startsWith(origin)) code = 'CSP'
      }
      addEventListener('securitypolicyviolation', onViolation)
      // An opaque response means: reachable, but not for this page's scripts.
      if (await fetch(origin, { mode: 'no-cors' }).catch(() => {})) code = 'CORS'
      // The violation is reported in a task of its own.
      await new Promise((done) => setTimeout(done))
      removeEventListener('securitypolicyviolation', onViolation)
    }
    return new UploadError(code, stage, {}, `${code} ${origin}`)
  }

  return async (request) => {
    const { origin } = new URL(request.url, location.href)
    try {
      const response = await transport(request)
      origins.set(origin, Number.POSITIVE_INFINITY)
      return response
    } catch (error) {
      throw (error as UploadError).code === 'NETWORK' ? await diagnose(request, origin) : error
    }
  }
}
