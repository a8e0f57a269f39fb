/**
 * The class of Durable Objects that a Worker exports: `export const Ledger = createLedger({ onReceipt })`. Without a
 * handler it sends the webhook of the Worker's settings.
 */
import { createDeliver, type ServiceOptions } from '../service/create-service.ts'
import type { OutboxOptions } from '../service/delivery/outbox.ts'
import { type AnalyticsEngineDataset, createAnalyticsObserver } from './analytics-engine.ts'
import { type OwnParts, readConfig } from './config.ts'
import { createLedgerClass } from './outbox-durable-object.ts'

export type LedgerSettings = Pick<ServiceOptions, 'deliver' | 'onReplaced' | 'onDead'> &
  OwnParts &
  Omit<OutboxOptions, 'deliver'>

/**
 * Of `profiles` and `authenticate` nothing is used: given here as to `readConfig`, their variables are not needed.
 *
 * @returns a class; export it under the name that `wrangler.toml` gives it
 */
export function createLedger({
  deliver,
  profiles,
  authenticate,
  onReceipt,
  onReplaced,
  onDead,
  ...options
}: LedgerSettings = {}) {
  return createLedgerClass<Record<string, unknown>>({
    ...options,
    createDeliver: (env) => {
      const dataset = env.METRICS as AnalyticsEngineDataset | undefined
      const observer = dataset && createAnalyticsObserver(dataset)
      const own = { ...(profiles && { profiles }), authenticate, onReceipt }
      const config = readConfig<OwnParts>(env, { own })
      return createDeliver({
        ...config,
        profiles: config.profiles ?? {},
        deliver,
        onReplaced,
        onDead,
        observer,
      })
    },
  })
}

export { createDurableObjectOutbox } from './outbox-durable-object.ts'
