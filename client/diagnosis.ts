/**
 * Why there was no answer. Browsers hide it from scripts; what they let one know is asked here.
 */
import { toUploadError, UploadError } from './errors.ts'
import type { Diagnosis } from './transport.ts'

/**
 * @param blameCorsAfterMs how long a host that never answered readably must have failed before it is
 *   probed for a missing CORS rule: a gateway that restarts answers without CORS headers too
 */
export function createDiagnosis(blameCorsAfterMs = 10_000): Diagnosis {
  /** Origin → when it first failed; Infinity once it has answered. */
  const origins = new Map<string, number>()
  const toOrigin = (url: string) => new URL(url, location.href).origin

  return {
    answered(url) {
      origins.set(toOrigin(url), Number.POSITIVE_INFINITY)
    },
    async explain({ url, body, stage }) {
      const origin = toOrigin(url)
      let code = navigator.onLine ? 'NETWORK' : 'OFFLINE'
      try {
        // A file that was changed or removed looks like a broken network too.
        const file = body instanceof FormData ? body.get('file') : body
        if (file instanceof Blob) await file.slice(0, 1).arrayBuffer()
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
      return new UploadError(code, stage, {}, `${code} at ${origin}`)
    },
  }
}
