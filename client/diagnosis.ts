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
      const fail = (code: string, message?: string) => new UploadError(code, stage, {}, message)
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
      const isOld = now - since >= blameCorsAfterMs
      let isBlocked = false
      const onViolation = ({ blockedURI }: SecurityPolicyViolationEvent) => {
        isBlocked ||= blockedURI.startsWith(origin)
      }
      if (isOld && navigator.onLine) {
        document.addEventListener('securitypolicyviolation', onViolation)
        // An opaque answer means: reachable, but not for this page's scripts.
        const isThere = await fetch(origin, { mode: 'no-cors', cache: 'no-store' }).catch(() => {})
        document.removeEventListener('securitypolicyviolation', onViolation)
        if (isThere) return fail('CORS', `No CORS rule of ${origin} allows this page`)
        if (isBlocked) return fail('CSP', `connect-src of this page lacks ${origin}`)
      }
      return new UploadError(navigator.onLine ? 'NETWORK' : 'OFFLINE', stage, { retryable: true })
    },
  }
}
