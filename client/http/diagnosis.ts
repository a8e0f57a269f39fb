/**
 * Why there was no answer. Browsers hide it from scripts; what they let one know is asked here.
 */
import { toUploadError, UploadError } from './errors.ts'
import type { Transport, TransportRequest } from './transport.ts'

/**
 * A transport that knows more about its failures.
 *
 * @param blameCorsAfterMs how long a host that never answered readably must have failed before it is
 *   probed for a missing CORS rule: a gateway that restarts answers without CORS headers too
 */
export function createDiagnosis(transport: Transport, blameCorsAfterMs = 10_000): Transport {
  /** Origin → when it first failed; Infinity once it has answered. */
  const origins = new Map<string, number>()

  async function explain({ body, stage }: TransportRequest, origin: string): Promise<UploadError> {
    let code = navigator.onLine ? 'NETWORK' : 'OFFLINE'
    try {
      // A file that was changed or removed looks like a broken network too.
      if (body instanceof Blob) await body.slice(0, 1).arrayBuffer()
    } catch (error) {
      return toUploadError(error, stage)
    }
    const now = performance.now()
    const since = origins.get(origin) ?? now
    origins.set(origin, since)
    if (now - since >= blameCorsAfterMs) {
      const onViolation = ({ blockedURI }: SecurityPolicyViolationEvent) => {
        if (blockedURI.startsWith(origin)) code = 'CSP'
      }
      addEventListener('securitypolicyviolation', onViolation)
      // An opaque answer means: reachable, but not for this page's scripts.
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
      const answer = await transport(request)
      origins.set(origin, Number.POSITIVE_INFINITY)
      return answer
    } catch (error) {
      throw (error as UploadError).code === 'NETWORK' ? await explain(request, origin) : error
    }
  }
}
