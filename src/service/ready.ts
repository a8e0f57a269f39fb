/**
 * `GET /readyz`: whether this instance can take uploads now, by what is cheap to ask: the store of the outbox and the
 * credentials. One result serves all requests of a second, because anyone may ask.
 */
import { createSingleFlight, PENDING, waitAtMost } from '../signer/single-flight.ts'
import type { Deps } from './deps.ts'
import { respondJson, type ServiceContext } from './response.ts'

/** For both checks together, ms: probes of load balancers and Kubernetes give up after 1 to 5 s. */
const CHECK_MS = 800
/** How long a result is used, ms. */
const CACHE_MS = 1000
/** An upload that no service has issued: looking it up reaches the store. */
const NO_UPLOAD = 'doctor'.padEnd(22, '-')

type CheckResult = 'ok' | 'failed' | 'timeout'

interface Readiness {
  /** Unix time, ms. */
  at: number
  isReady: boolean
  text: string
}

async function runCheck(check: () => object | Promise<object>): Promise<CheckResult> {
  try {
    // A check that throws at once is a failure, too.
    const result = await waitAtMost((async () => check())(), CHECK_MS)
    return result === PENDING ? 'timeout' : 'ok'
  } catch {
    return 'failed'
  }
}

export function createReadyHandler({
  outbox,
  credentials,
  now,
  warnLimited,
}: Pick<Deps, 'outbox' | 'credentials' | 'now' | 'warnLimited'>) {
  async function examine(at: Date): Promise<Readiness> {
    const [store, keys] = await Promise.all([
      runCheck(() => outbox.missing([NO_UPLOAD])),
      runCheck(() => credentials.current(at)),
    ])
    const isReady = store === 'ok' && keys === 'ok'
    // The settings were checked at start: without them there is no service.
    const checks = { settings: 'ok', outbox: store, credentials: keys }
    if (!isReady) {
      warnLimited('NOT_READY', `Not ready: outbox ${store}, credentials ${keys}.`)
    }
    return {
      at: at.getTime(),
      isReady,
      text: JSON.stringify({ status: isReady ? 'ready' : 'not ready', checks }),
    }
  }

  const flight = createSingleFlight(examine)
  let latest: Readiness | undefined

  return async (c: ServiceContext): Promise<Response> => {
    const at = now()
    const isOld = !latest || Math.abs(at.getTime() - latest.at) >= CACHE_MS
    const readiness: Readiness = latest && !isOld ? latest : await flight.run(at)
    latest = readiness
    return respondJson(c, readiness.text, readiness.isReady ? 200 : 503)
  }
}
