/**
 * A Worker on the service with credentials and keys from a slow server, for single-flight.node.test.ts. `/naive` shares
 * a promise between requests as code commonly does.
 */
import { createService, type Service } from '../../src/service/create-service.ts'
import { createSettings } from '../support/service-with-stub-oss.ts'

interface Env {
  /** Origin of the slow server. */
  SLOW: string
}

let service: Service | undefined
let naive: Promise<string> | undefined

async function readSlow(origin: string, path: string): Promise<string> {
  return (await fetch(`${origin}${path}`)).text()
}

function openService({ SLOW }: Env): Service {
  const settings = createSettings()
  const { issuer, audience } = settings.auth
  return createService({
    ...settings,
    auth: { issuer, audience, jwksUrl: `${SLOW}/keys` },
    credentials: async () => {
      const { expiration, ...keys } = JSON.parse(await readSlow(SLOW, '/credentials'))
      return { ...keys, expiration: new Date(expiration) }
    },
  })
}

// biome-ignore lint/style/noDefaultExport: what workerd looks for
export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    if (new URL(request.url).pathname === '/naive') {
      naive ??= readSlow(env.SLOW, '/naive')
      return new Response(await naive)
    }
    service ??= openService(env)
    return service.fetch(request)
  },
}
