/**
 * Why there was no response. Browsers hide the reason from scripts; this finds what can be found.
 */
import type { Transport, TransportRequest } from '../options.ts'
import { UploadError } from './errors.ts'

/**
 * A transport whose failures carry a more exact code than `NETWORK`, and that tells the developer's console.
 *
 * @param waitShare for tests: share of the times until a missing CORS rule is certain
 */
export function createDiagnosis(transport: Transport, waitShare = 1): Transport {
  /** Origin → since when it can be reached, but no byte was sent or read; Infinity once one was. */
  const silentSince = new Map<string, number>()

  async function diagnose({ stage, onSent }: TransportRequest, origin: string) {
    // Where the module cannot be loaded, the network is the likely reason for both.
    const cause =
      silentSince.get(origin) !== Number.POSITIVE_INFINITY &&
      (await import('./find-cause.ts')
        .then(({ findCause }) => findCause(origin, silentSince, !!onSent, waitShare))
        .catch(() => {}))
    const code = cause || (navigator.onLine ? 'NETWORK' : 'OFFLINE')
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
