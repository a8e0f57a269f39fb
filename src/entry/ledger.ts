/**
 * The class of Durable Objects that a Worker exports: `export const Ledger = createLedger({ onReceipt })`. Without a
 * handler it sends the webhook of the Worker's settings.
 */
import { createDeliver, type ServiceOptions } from '../service/create-service.ts'
import type { OutboxOptions } from '../service/delivery/outbox.ts'
import { type AnalyticsEngineDataset, createAnalyticsObserver } from './analytics-engine.ts'
import { readConfig } from './config.ts'
import { createLedgerClass } from './outbox-durable-object.ts'

export type LedgerSettings = Pick<
  ServiceOptions,
  'deliver' | 'onReceipt' | 'onReplaced' | 'onDead'
> &
  Omit<OutboxOptions, 'deliver'>

/** @returns a class; export it under the name that `wrangler.toml` gives it */
export function createLedger({
  deliver,
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
      return createDeliver({ ...readConfig(env), deliver, onReceipt, onReplaced, onDead, observer })
    },
  })
}

export { createDurableObjectOutbox } from './outbox-durable-object.ts'
