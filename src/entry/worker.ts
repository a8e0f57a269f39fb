/**
 * Entry point for Cloudflare Workers. Receipts are recorded in the Durable Objects of the class `Ledger`; the cron
 * trigger of wrangler.toml sweeps.
 */
import type { Assets } from '../service/assets.ts'
import { connectService, type Service } from '../service/create-service.ts'
import { ConfigError } from '../service/errors.ts'
import { createUnconfigured } from '../service/problem.ts'
import { createBuildFromHeaders } from '../service/response.ts'
import {
  type AnalyticsEngineDataset,
  createAnalyticsObserver,
  writeCounts,
} from './analytics-engine.ts'
import { createHeaderAddress } from './client-address.ts'
import { readConfig } from './config.ts'
import { createLedger } from './ledger.ts'
import { createDurableObjectOutbox, type DurableObjectNamespace } from './outbox-durable-object.ts'
import { createBindingLimiter, type RateLimitBinding } from './rate-limit-binding.ts'

export const Ledger = createLedger()

type Env = Record<string, unknown> & {
  ASSETS?: Assets
  LEDGER?: DurableObjectNamespace
  SUBJECT_LIMITER?: RateLimitBinding
  ADDRESS_LIMITER?: RateLimitBinding
  METRICS?: AnalyticsEngineDataset
}

let service: Pick<Service, 'fetch' | 'sweep'> | undefined

function openService(env: Env): Pick<Service, 'fetch' | 'sweep'> {
  try {
    const { LEDGER, ASSETS, SUBJECT_LIMITER, ADDRESS_LIMITER, METRICS } = env
    const config = readConfig(env)
    if (!LEDGER) {
      throw new ConfigError([
        'The binding LEDGER is missing: receipts would have no place; copy durable_objects and migrations from the wrangler.toml of oss-upcall.',
      ])
    }
    const rateLimiters = {
      ...(SUBJECT_LIMITER && { subject: createBindingLimiter(SUBJECT_LIMITER) }),
      ...(ADDRESS_LIMITER && { address: createBindingLimiter(ADDRESS_LIMITER) }),
    }
    // Cloudflare overwrites what a client sends under this name.
    const clientAddress = createHeaderAddress('cf-connecting-ip')
    const buildResponse = createBuildFromHeaders()
    const observer = METRICS && createAnalyticsObserver(METRICS)
    return connectService(
      { ...config, rateLimiters, clientAddress, assets: ASSETS, buildResponse, observer },
      () => createDurableObjectOutbox(LEDGER),
    )
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    console.error(error.message)
    return createUnconfigured(error)
  }
}

export default {
  fetch(request: Request, env: Env): Promise<Response> {
    service ??= openService(env)
    return service.fetch(request)
  },
  async scheduled(_event: unknown, env: Env): Promise<void> {
    service ??= openService(env)
    const report = await service.sweep()
    console.log(JSON.stringify({ level: 'info', code: 'SWEEP', ...report }))
    if (env.METRICS && env.LEDGER) {
      const stats = await createDurableObjectOutbox(env.LEDGER).stats()
      writeCounts(env.METRICS, report, stats, new Date())
    }
  },
}
