/** Entry point for Cloudflare Workers. */
import type { Assets } from '../service/assets.ts'
import { createService, type Service } from '../service/create-service.ts'
import { ConfigError } from '../service/errors.ts'
import { createUnconfigured } from '../service/problem.ts'
import { createBuildFromHeaders } from '../service/response.ts'
import { readConfig } from './config.ts'

let service: Service | undefined

function openService(env: Record<string, unknown> & { ASSETS?: Assets }): Service {
  try {
    const settings = {
      ...readConfig(env),
      assets: env.ASSETS,
      buildResponse: createBuildFromHeaders(),
    }
    return createService(settings)
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    console.error(error.message)
    return createUnconfigured(error)
  }
}

export default {
  fetch(request: Request, env: Record<string, unknown>): Promise<Response> {
    service ??= openService(env)
    return service.fetch(request)
  },
}
