/**
 * Why a script can read no response of a host. Loaded when that happens for the first time.
 */

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
 * Tells the developer's console of a host that can be reached.
 *
 * @param silentSince origin → since when it can be reached without a readable response; changed here
 * @param hasProgress of the request that failed
 * @param waitShare share of the times until a missing CORS rule is certain
 * @returns `NETWORK` for a host that can be reached, as long as CORS is not certain; undefined for one that cannot
 */
export async function findCause(
  origin: string,
  silentSince: Map<string, number>,
  hasProgress: boolean,
  waitShare: number,
): Promise<'CSP' | 'CORS' | 'NETWORK' | undefined> {
  const cause = await probe(origin)
  if (!cause) silentSince.delete(origin)
  if (cause !== 'CORS') return cause
  console.warn(`No readable response from ${origin}: is its CORS rule for this page missing?`)
  const now = performance.now()
  // Read after the probe: another request may have succeeded meanwhile.
  const since = silentSince.get(origin) ?? now
  silentSince.set(origin, since)
  const certainMs = hasProgress ? CORS_CERTAIN_AFTER_MS : CORS_LIKELY_AFTER_MS
  return now > since && now - since >= certainMs * waitShare ? cause : 'NETWORK'
}
