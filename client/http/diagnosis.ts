/**
 * Why there was no response. Browsers hide the reason from scripts; this finds what can be found.
 */
import type { Transport, TransportRequest } from '../options.ts'
import { type ClientErrorCode, UploadError } from './errors.ts'

/**
 * How long a host without any readable response must have failed before a missing CORS rule is certain. With
 * progress events the browser asks for the rule before the first byte: a few lost responses in a row are the only
 * other explanation.
 */
const CORS_CERTAIN_AFTER_MS = 4000
/** Without them, also a gateway that restarts responds without CORS headers. */
const CORS_LIKELY_AFTER_MS = 10_000

/**
 * Sends a request whose response no script can read, and that therefore needs no CORS rule.
 *
 * @returns `CSP` when the page's Content-Security-Policy forbids it, `CORS` when the host can be reached
 */
async function probe(origin: string): Promise<'CSP' | 'CORS' | undefined> {
  let cause: 'CSP' | 'CORS' | undefined
  const onViolation = ({ blockedURI }: SecurityPolicyViolationEvent) => {
    if (blockedURI.startsWith(origin)) cause = 'CSP'
  }
  addEventListener('securitypolicyviolation', onViolation)
  if (await fetch(origin, { mode: 'no-cors' }).catch(() => {})) cause = 'CORS'
  // The violation is reported in a task of its own.
  await new Promise((resolve) => setTimeout(resolve))
  removeEventListener('securitypolicyviolation', onViolation)
  return cause
}

/**
 * A transport whose failures carry a more exact code than `NETWORK`, and that tells the developer's console.
 *
 * @param waitShare for tests: share of the times until a missing CORS rule is certain
 */
export function createDiagnosis(transport: Transport, waitShare = 1): Transport {
  /** Origin → since when it can be reached, but no byte was sent or read; Infinity once one was. */
  const silentSince = new Map<string, number>()

  async function diagnose({ stage, onSent }: TransportRequest, origin: string) {
    let code: ClientErrorCode = navigator.onLine ? 'NETWORK' : 'OFFLINE'
    if (silentSince.get(origin) !== Number.POSITIVE_INFINITY) {
      const cause = await probe(origin)
      if (cause === 'CSP') code = cause
      else if (cause) {
        console.warn(`No readable response from ${origin}: is its CORS rule for this page missing?`)
        const now = performance.now()
        // Read again: another request may have succeeded meanwhile.
        const since = silentSince.get(origin) ?? now
        silentSince.set(origin, since)
        const certainMs = onSent ? CORS_CERTAIN_AFTER_MS : CORS_LIKELY_AFTER_MS
        code = now > since && now - since >= certainMs * waitShare ? 'CORS' : 'NETWORK'
      } else silentSince.delete(origin)
    }
    return new UploadError(code, stage, {}, `${code} ${origin}`)
  }

  return async (request) => {
    const { origin } = new URL(request.url, location.href)
    const { onSent } = request
    const setAlive = () => silentSince.set(origin, Number.POSITIVE_INFINITY)
    try {
      const response = await transport({
        ...request,
        onSent:
          onSent &&
          ((...sent) => {
            setAlive()
            onSent(...sent)
          }),
      })
      setAlive()
      return response
    } catch (error) {
      throw (error as UploadError).code === 'NETWORK' ? await diagnose(request, origin) : error
    }
  }
}
