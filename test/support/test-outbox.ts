/** The outbox in memory by the real clock, with retries within milliseconds; it delivers as the service would. */
import { createDeliver, type ServiceOptions } from '../../src/service/create-service.ts'
import { createMemoryOutbox } from '../../src/service/delivery/memory-outbox.ts'
import type { Outbox } from '../../src/service/delivery/outbox.ts'

/** @param firstRetryMs from 4 000 on no caller waits for a retry */
export function createTestOutbox(options: ServiceOptions, firstRetryMs = 100): Outbox {
  return createMemoryOutbox({
    deliver: createDeliver(options),
    // No jitter: a retry is never early.
    random: () => 0.999,
    retry: { baseMs: firstRetryMs, capMs: 2 * firstRetryMs },
  })
}
